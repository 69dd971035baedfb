/* Word lists; they hold no logic. */
#include "quick_photos/words.h"

const qp_name qp_first_names[QP_FIRST_NAMES] = {
    {"Amara", "amara"},     {"Benoît", "benoit"},   {"Chiara", "chiara"},
    {"Dmitri", "dmitri"},   {"Esperanza", "espe"},  {"Farid", "farid"},
    {"Greta", "greta"},     {"Hiroshi", "hiroshi"}, {"Imani", "imani"},
    {"Jorunn", "jorunn"},   {"Kofi", "kofi"},       {"Lucía", "lucia"},
    {"Mateusz", "mateusz"}, {"Nadia", "nadia"},     {"Oskar", "oskar"},
    {"Priya", "priya"},     {"Quentin", "quentin"}, {"Rosalind", "roz"},
    {"Søren", "soren"},     {"Tamsin", "tamsin"},   {"Ulrike", "ulrike"},
    {"Viktor", "viktor"},   {"Wanjiru", "wanjiru"}, {"Xiomara", "xiomara"},
    {"Yusuf", "yusuf"},     {"Zoë", "zoe"},         {"Anselm", "anselm"},
    {"Brigid", "brigid"},   {"Cormac", "cormac"},   {"Delphine", "delphine"},
    {"Eluned", "eluned"},   {"Florian", "florian"},
};

const qp_name qp_last_names[QP_LAST_NAMES] = {
    {"Abernathy", "abernathy"}, {"Blomqvist", "blomqvist"}, {"Castellano", "castell"},
    {"Dąbrowska", "dabrowska"}, {"Eriksen", "eriksen"},     {"Fontaine", "fontaine"},
    {"Grünwald", "grunwald"},   {"Haddad", "haddad"},       {"Ibáñez", "ibanez"},
    {"Jankowski", "jankowski"}, {"Kaplan", "kaplan"},       {"Lindqvist", "lindqvist"},
    {"Mbeki", "mbeki"},         {"Nakamura", "nakamura"},   {"Okafor", "okafor"},
    {"Petrova", "petrova"},     {"Quist", "quist"},         {"Rasmussen", "rasmussen"},
    {"Sato", "sato"},           {"Tremblay", "tremblay"},   {"Ueda", "ueda"},
    {"Vasquez", "vasquez"},     {"Whitlock", "whitlock"},   {"Yıldız", "yildiz"},
    {"Zamora", "zamora"},       {"Achterberg", "achter"},   {"Brightwell", "brightwell"},
    {"Corrigan", "corrigan"},   {"Delacroix", "delacroix"}, {"Ferreira", "ferreira"},
    {"Holmström", "holmstrom"}, {"Marchetti", "marchetti"},
};

const char *const qp_streets[QP_STREETS] = {
    "Alder Lane",      "Boathouse Road", "Cooper's Yard", "Dovecote Street",
    "Elm Terrace",     "Ferry Walk",     "Granary Row",   "Harbour Steps",
    "Ironmonger Hill", "Juniper Close",  "Kiln Street",   "Lantern Court",
    "Mill Crescent",   "North Quay",     "Orchard Rise",  "Paper Alley",
};

const char *const qp_towns[QP_TOWNS] = {
    "Port Ferris",  "Aldermere",     "Saltholm",  "Weston Vale", "Kirkwater",  "Lower Thane",
    "Bramblecombe", "Nyhavnsted",    "Ostermark", "Villarosa",   "Clearbrook", "Stonehallow",
    "Marrowick",    "Fairlight Bay", "Tidewell",  "Upper Quill",
};

const char *const qp_statuses[QP_STATUSES] = {
    "Chasing the last light of the day.",
    "One roll of film at a time.",
    "Somewhere between the sea and the station.",
    "Ask me about lichens.",
    "Bread in the oven, camera on the table.",
    "Mostly bridges. Sometimes boats.",
    "On the night train again.",
    "Learning to look up.",
    "Black and white until further notice.",
    "The dog is in charge of composition.",
    "Rain is just soft light with opinions.",
    "Collecting doors.",
    "Slow mornings, long exposures.",
    "If it has feathers, I have a picture of it.",
    "Out of office, out of range.",
    "Still looking for the perfect noodle shop.",
    "Forty countries, one lens.",
    "My garden is winning.",
    "Shooting from the saddle.",
    "Half of these are accidents.",
    "Counting tram lines.",
    "Two kids, three cameras, no sleep.",
    "Back on the allotment.",
    "Winter swimmer, summer complainer.",
    "Rooftops and what lives on them.",
    "I know, I know: another sunset.",
    "Printing everything this year.",
    "Up early for the market.",
};

const char *const qp_interests[QP_INTERESTS] = {
    "street",   "birds",       "architecture", "film",        "cycling", "tide pools",
    "ceramics", "trains",      "climbing",     "jazz",        "gardens", "astronomy",
    "coffee",   "markets",     "sailing",      "fungi",       "maps",    "chess",
    "weaving",  "lighthouses", "portraits",    "baking",      "rivers",  "macro",
    "dance",    "motorways",   "kites",        "letterpress", "snow",    "dogs",
};

const char *const qp_mail_hosts[QP_MAIL_HOSTS] = {"example.com", "example.net", "example.org"};
