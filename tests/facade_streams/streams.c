/* See streams.h. */
#include "facade_streams/streams.h"

void streams_make(facade *f, const char *table, const char *view_type) {
    facade_does(f, "CreateTable",
                "{'TableName':'%s','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':["
                "{'AttributeName':'pk','AttributeType':'S'}],'KeySchema':[{'AttributeName':'pk',"
                "'KeyType':'HASH'}],'StreamSpecification':{'StreamEnabled':true,"
                "'StreamViewType':'%s'}}",
                table, view_type);
}

void streams_turn(facade *f, const char *table, const char *view_type) {
    if (view_type == NULL) {
        facade_does(f, "UpdateTable",
                    "{'TableName':'%s','StreamSpecification':{'StreamEnabled':false}}", table);
    } else {
        facade_does(f, "UpdateTable",
                    "{'TableName':'%s','StreamSpecification':{'StreamEnabled':true,"
                    "'StreamViewType':'%s'}}",
                    table, view_type);
    }
}

/* From the text's n-th member of that name. */
static char *text_of(const char *json, const char *member, int n) {
    char name[64];
    snprintf(name, sizeof name, "\"%s\":\"", member);
    const char *at = json;
    for (int i = 0; i <= n && at != NULL; i++) {
        at = strstr(at, name);
        at = at != NULL ? at + strlen(name) : NULL;
    }
    if (at == NULL) {
        fail_msg("no member %s number %d in %.2000s", member, n, json);
        return NULL;
    }
    return strndup(at, strcspn(at, "\""));
}

char *streams_text(const facade *f, const char *member) {
    return text_of(f->answer, member, 0);
}

char *streams_arn(facade *f, const char *table) {
    return text_of(facade_call(f, "DescribeTable", "{'TableName':'%s'}", table), "LatestStreamArn",
                   0);
}

char *streams_shard(facade *f, const char *arn, int shard) {
    return text_of(facade_call(f, "DescribeStream", "{'StreamArn':'%s'}", arn), "ShardId", shard);
}

char *streams_iterator(facade *f, const char *arn, int shard, const char *type,
                       const char *sequence) {
    char *id = streams_shard(f, arn, shard);
    char number[100] = "";
    if (sequence != NULL) {
        snprintf(number, sizeof number, ",'SequenceNumber':'%s'", sequence);
    }
    facade_does(f, "GetShardIterator",
                "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'%s'%s}", arn, id, type,
                number);
    free(id);
    return streams_text(f, "ShardIterator");
}

static const char RECORD[] = "{\"eventID\":";

int streams_page(facade *f, char **iterator, int limit) {
    facade_does(f, "GetRecords", "{'ShardIterator':'%s','Limit':%d}", *iterator, limit);
    free(*iterator);
    *iterator = strstr(f->answer, "\"NextShardIterator\":") != NULL
                    ? streams_text(f, "NextShardIterator")
                    : NULL;
    int count = 0;
    for (const char *at = f->answer; (at = strstr(at, RECORD)) != NULL; at++) {
        count++;
    }
    return count;
}

void streams_each(facade *f, const char *arn,
                  void (*visit)(void *ctx, int shard, const char *record), void *ctx) {
    for (int shard = 0; shard < STREAM_SHARDS; shard++) {
        char *iterator = streams_iterator(f, arn, shard, "TRIM_HORIZON", NULL);
        int count = 1;
        while (iterator != NULL && count != 0) {
            count = streams_page(f, &iterator, 1000);
            const char *at = strstr(f->answer, RECORD);
            while (at != NULL) {
                const char *end = strstr(at + 1, RECORD);
                char *record = end != NULL ? strndup(at, (size_t)(end - at)) : strdup(at);
                visit(ctx, shard, record);
                free(record);
                at = end;
            }
        }
        free(iterator);
    }
}

static void count_one(void *ctx, int shard, const char *record) {
    (void)shard, (void)record;
    ++*(int *)ctx;
}

int streams_count(facade *f, const char *arn) {
    int count = 0;
    streams_each(f, arn, count_one, &count);
    return count;
}

static void note_shard(void *ctx, int shard, const char *record) {
    (void)record;
    assert_int_equal(*(int *)ctx, -1);
    *(int *)ctx = shard;
}

int streams_shard_of_one(facade *f, const char *arn) {
    int shard = -1;
    streams_each(f, arn, note_shard, &shard);
    assert_true(shard >= 0);
    return shard;
}

void streams_upkeep(facade *f) {
    pte_error error;
    bool more = true;
    while (more) {
        OK(pt_upkeep(&more, f->database, &error));
    }
}
