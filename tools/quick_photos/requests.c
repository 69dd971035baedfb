/* The bodies. In templates ' stands for " and ? for a value. */
#include "quick_photos/requests.h"

/* ---- the table ---- */

void qp_request_create_table(qp_json *json) {
    qp_json_fill(json,
                 "{'TableName':'" QP_TABLE "',"
                 "'AttributeDefinitions':[{'AttributeName':'PK','AttributeType':'S'},"
                 "{'AttributeName':'SK','AttributeType':'S'}],"
                 "'KeySchema':[{'AttributeName':'PK','KeyType':'HASH'},"
                 "{'AttributeName':'SK','KeyType':'RANGE'}],"
                 "'ProvisionedThroughput':{'ReadCapacityUnits':10,'WriteCapacityUnits':10}}",
                 QP_VALUES(NULL));
}

void qp_request_add_index(qp_json *json) {
    qp_json_fill(json,
                 "{'TableName':'" QP_TABLE "',"
                 "'AttributeDefinitions':[{'AttributeName':'PK','AttributeType':'S'},"
                 "{'AttributeName':'SK','AttributeType':'S'}],"
                 "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'" QP_INDEX "',"
                 "'KeySchema':[{'AttributeName':'SK','KeyType':'HASH'},"
                 "{'AttributeName':'PK','KeyType':'RANGE'}],"
                 "'Projection':{'ProjectionType':'ALL'},"
                 "'ProvisionedThroughput':{'ReadCapacityUnits':10,'WriteCapacityUnits':10}}}]}",
                 QP_VALUES(NULL));
}

void qp_request_of_table(qp_json *json) {
    qp_json_fill(json, "{'TableName':'" QP_TABLE "'}", QP_VALUES(NULL));
}

void qp_request_put_batch(qp_json *json, const pte_item *items, size_t count) {
    qp_json_fill(json, "{'RequestItems':{'" QP_TABLE "':[", QP_VALUES(NULL));
    for (size_t i = 0; i < count; i++) {
        qp_json_fill(
            json, i == 0 ? "{'PutRequest':{'Item':" : ",{'PutRequest':{'Item':", QP_VALUES(NULL));
        qp_json_item(json, &items[i]);
        qp_json_raw(json, "}}");
    }
    qp_json_fill(json, "]},'ReturnConsumedCapacity':'TOTAL'}", QP_VALUES(NULL));
}

void qp_request_batch(qp_json *json, pte_bytes request_items) {
    qp_json_fill(json, "{'RequestItems':", QP_VALUES(NULL));
    qp_json_raw_bytes(json, request_items);
    qp_json_fill(json, ",'ReturnConsumedCapacity':'TOTAL'}", QP_VALUES(NULL));
}

static void write_key(qp_json *json, qp_key pk, qp_key sk) {
    qp_json_fill(json, "{'PK':{'S':?},'SK':{'S':?}}", QP_VALUES(pk.text, sk.text));
}

void qp_request_user_key(qp_json *json, const char *username) {
    write_key(json, qp_key_user(username), qp_key_metadata(username));
}

/* ---- the steps ---- */

/* An item as it was made; a failure to make it is the text's. */
static void write_item(qp_json *json, pte_status made, const pte_item *item) {
    if (made == PTE_OK) {
        qp_json_item(json, item);
    } else {
        json->failed = true;
    }
}

static void create_user(qp_json *json, const qp_scene *scene) {
    pte_item item;
    pte_status made = qp_item_of_user(&item, scene->app->builders[0], scene->newcomer, NULL);
    qp_json_fill(json, "{'TableName':'" QP_TABLE "','Item':", QP_VALUES(NULL));
    write_item(json, made, &item);
    qp_json_fill(json,
                 ",'ConditionExpression':'attribute_not_exists(PK)',"
                 "'ReturnValuesOnConditionCheckFailure':'ALL_OLD',"
                 "'ReturnConsumedCapacity':'TOTAL'}",
                 QP_VALUES(NULL));
}

static void update_user(qp_json *json, const qp_scene *scene) {
    qp_json_fill(json, "{'TableName':'" QP_TABLE "','Key':", QP_VALUES(NULL));
    qp_request_user_key(json, scene->newcomer->username);
    qp_json_fill(json,
                 ",'UpdateExpression':'SET #status = :status',"
                 "'ConditionExpression':'attribute_exists(PK)',"
                 "'ExpressionAttributeNames':{'#status':'status'},"
                 "'ExpressionAttributeValues':{':status':{'S':?}},"
                 "'ReturnConsumedCapacity':'TOTAL'}",
                 QP_VALUES(scene->new_status));
}

static void get_user(qp_json *json, const qp_scene *scene) {
    qp_json_fill(json, "{'TableName':'" QP_TABLE "','Key':", QP_VALUES(NULL));
    qp_request_user_key(json, scene->newcomer->username);
    qp_json_fill(json, ",'ReturnConsumedCapacity':'TOTAL'}", QP_VALUES(NULL));
}

static void upload_photo(qp_json *json, const qp_scene *scene) {
    pte_item item;
    pte_status made = qp_item_of_photo(&item, scene->app->builders[0], &scene->new_photo, NULL);
    qp_json_fill(json, "{'TableName':'" QP_TABLE "','Item':", QP_VALUES(NULL));
    write_item(json, made, &item);
    qp_json_fill(json, ",'ReturnConsumedCapacity':'TOTAL'}", QP_VALUES(NULL));
}

static void query_photos(qp_json *json, const qp_scene *scene) {
    const char *username = scene->star->username;
    qp_json_fill(json,
                 "{'TableName':'" QP_TABLE "',"
                 "'KeyConditionExpression':'PK = :pk AND SK BETWEEN :metadata AND :photos',"
                 "'ExpressionAttributeValues':"
                 "{':pk':{'S':?},':metadata':{'S':?},':photos':{'S':'PHOTO$'}},"
                 "'ReturnConsumedCapacity':'TOTAL'}",
                 QP_VALUES(qp_key_user(username).text, qp_key_metadata(username).text));
}

static void react(qp_json *json, const qp_scene *scene) {
    const qp_reaction *reaction = &scene->reaction;
    pte_item item;
    pte_status made = qp_item_of_reaction(&item, scene->app->builders[0], reaction, NULL);
    qp_json_fill(json,
                 "{'TransactItems':[{'Put':{'TableName':'" QP_TABLE "','Item':", QP_VALUES(NULL));
    write_item(json, made, &item);
    qp_json_fill(json,
                 ",'ConditionExpression':'attribute_not_exists(SK)',"
                 "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}},"
                 "{'Update':{'TableName':'" QP_TABLE "','Key':",
                 QP_VALUES(NULL));
    write_key(json, qp_key_user(reaction->owner),
              qp_key_photo(reaction->owner, reaction->photo_timestamp));
    qp_json_fill(json,
                 ",'UpdateExpression':'SET reactions.#t = reactions.#t + :i',"
                 "'ExpressionAttributeNames':{'#t':?},"
                 "'ExpressionAttributeValues':{':i':{'N':'1'}},"
                 "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}}],"
                 "'ReturnConsumedCapacity':'TOTAL'}",
                 QP_VALUES(reaction->type));
}

static void query_reactions(qp_json *json, const qp_scene *scene) {
    qp_key sk = qp_key_photo(scene->favourite->owner, scene->favourite->timestamp);
    qp_json_fill(json,
                 "{'TableName':'" QP_TABLE "','IndexName':'" QP_INDEX "',"
                 "'KeyConditionExpression':'SK = :sk AND PK BETWEEN :reactions AND :user',"
                 "'ExpressionAttributeValues':"
                 "{':sk':{'S':?},':reactions':{'S':'REACTION#'},':user':{'S':'USER$'}},"
                 "'ReturnConsumedCapacity':'TOTAL'}",
                 QP_VALUES(sk.text));
}

/* One of the two counts that a friendship moves. */
static void write_count(qp_json *json, const char *username, const char *expression) {
    qp_json_fill(json, ",{'Update':{'TableName':'" QP_TABLE "','Key':", QP_VALUES(NULL));
    qp_request_user_key(json, username);
    qp_json_fill(json,
                 ",'UpdateExpression':?,"
                 "'ExpressionAttributeValues':{':i':{'N':'1'}},"
                 "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}}",
                 QP_VALUES(expression));
}

static void follow(qp_json *json, const qp_scene *scene) {
    const qp_friendship *friendship = &scene->friendship;
    pte_item item;
    pte_status made = qp_item_of_friendship(&item, scene->app->builders[0], friendship, NULL);
    qp_json_fill(json,
                 "{'TransactItems':[{'Put':{'TableName':'" QP_TABLE "','Item':", QP_VALUES(NULL));
    write_item(json, made, &item);
    qp_json_fill(json,
                 ",'ConditionExpression':'attribute_not_exists(SK)',"
                 "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}}",
                 QP_VALUES(NULL));
    write_count(json, friendship->followed, "SET followers = followers + :i");
    write_count(json, friendship->follower, "SET following = following + :i");
    qp_json_fill(json, "],'ReturnConsumedCapacity':'TOTAL'}", QP_VALUES(NULL));
}

static void query_followers(qp_json *json, const qp_scene *scene) {
    qp_json_fill(json,
                 "{'TableName':'" QP_TABLE "',"
                 "'KeyConditionExpression':'PK = :pk AND begins_with(SK, :friend)',"
                 "'ExpressionAttributeValues':{':pk':{'S':?},':friend':{'S':'#FRIEND#'}},"
                 "'ReturnConsumedCapacity':'TOTAL'}",
                 QP_VALUES(qp_key_user(scene->star->username).text));
}

static void query_followed(qp_json *json, const qp_scene *scene) {
    qp_json_fill(json,
                 "{'TableName':'" QP_TABLE "','IndexName':'" QP_INDEX "',"
                 "'KeyConditionExpression':'SK = :sk',"
                 "'ExpressionAttributeValues':{':sk':{'S':?}},"
                 "'ReturnConsumedCapacity':'TOTAL'}",
                 QP_VALUES(qp_key_friend(scene->fan->username).text));
}

const qp_json_step qp_json_steps[QP_STEPS] = {
    {"PutItem", create_user},   {"UpdateItem", update_user},    {"GetItem", get_user},
    {"PutItem", upload_photo},  {"Query", query_photos},        {"TransactWriteItems", react},
    {"Query", query_reactions}, {"TransactWriteItems", follow}, {"Query", query_followers},
    {"Query", query_followed},
};
