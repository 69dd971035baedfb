/*
 * pocketable's engine: DynamoDB's table model on LMDB, for C and C++.
 * This takes in all of it; a file that needs less includes less.
 */
#ifndef POCKETABLE_ENGINE_H
#define POCKETABLE_ENGINE_H

#include <pocketable/engine/builder.h>
#include <pocketable/engine/changes.h>
#include <pocketable/engine/check.h>
#include <pocketable/engine/env.h>
#include <pocketable/engine/number.h>
#include <pocketable/engine/read.h>
#include <pocketable/engine/schema.h>
#include <pocketable/engine/status.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/upkeep.h>
#include <pocketable/engine/value.h>
#include <pocketable/engine/write.h>

#endif
