/* What the tests of legacy parameters share. Texts are written with ' for ". */
#ifndef TESTS_FACADE_LEGACY_LEGACY_H
#define TESTS_FACADE_LEGACY_LEGACY_H

#include "facade_items/facade.h"

#define INVALID "One or more parameter values were invalid: "

/* The ten types, and a value of each. */
enum { TYPES = 10 };
static const char *const TYPE_NAMES[TYPES] = {"S",  "N", "B", "SS",   "NS",
                                              "BS", "L", "M", "BOOL", "NULL"};
static const char *const VALUES[TYPES] = {"{'S':'abc'}",
                                          "{'N':'5'}",
                                          "{'B':'YWJj'}",
                                          "{'SS':['abc','x']}",
                                          "{'NS':['5','6']}",
                                          "{'BS':['YWJj']}",
                                          "{'L':[{'N':'5'},{'S':'abc'}]}",
                                          "{'M':{'a':{'N':'5'}}}",
                                          "{'BOOL':true}",
                                          "{'NULL':true}"};

#endif
