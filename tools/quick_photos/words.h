/* The words that the generator draws from. All of it is invented; the towns are on no map. */
#ifndef QUICK_PHOTOS_WORDS_H
#define QUICK_PHOTOS_WORDS_H

enum {
    QP_FIRST_NAMES = 32,
    QP_LAST_NAMES = 32,
    QP_STREETS = 16,
    QP_TOWNS = 16,
    QP_STATUSES = 28,
    QP_INTERESTS = 30,
    QP_MAIL_HOSTS = 3,
};

/* A name as people write it, and in the letters of a username. */
typedef struct qp_name {
    const char *shown;
    const char *plain;
} qp_name;

extern const qp_name qp_first_names[QP_FIRST_NAMES];
extern const qp_name qp_last_names[QP_LAST_NAMES];
extern const char *const qp_streets[QP_STREETS];
extern const char *const qp_towns[QP_TOWNS];
extern const char *const qp_statuses[QP_STATUSES];
extern const char *const qp_interests[QP_INTERESTS];
extern const char *const qp_mail_hosts[QP_MAIL_HOSTS];

#endif
