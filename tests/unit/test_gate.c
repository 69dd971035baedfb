/* Tests of store/gate.h: closing it, and how long that waits. */
#include "support/support.h"

#include "store/gate.h"

#include <time.h>
#include <unistd.h>

/* The clock of the day is an hour ahead while a deadline is made, then put back. */
static bool clock_is_ahead;

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int rc = __real_clock_gettime(clock, now);
    now->tv_sec += clock_is_ahead && clock == CLOCK_REALTIME ? 3600 : 0;
    return rc;
}

static void test_gate__waits_no_longer_when_the_clock_is_put_back(void **state) {
    (void)state;
    enum { WAIT_MS = 20, ENDED_BY_ALARM_S = 10 };
    pte_error error;
    pte__gate gate;
    OK(pte__gate_init(&gate, &error));
    pte__gate_enter(&gate);
    alarm(ENDED_BY_ALARM_S);
    clock_is_ahead = true;
    assert_false(pte__gate_close(&gate, WAIT_MS));
    clock_is_ahead = false;
    alarm(0);
    pte__gate_leave(&gate);
    assert_true(pte__gate_close(&gate, WAIT_MS));
    pte__gate_open(&gate);
    pte__gate_clean_up(&gate);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gate__waits_no_longer_when_the_clock_is_put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
