/* Finding tokens. */
#include "partiql/lexer.h"

#include <ctype.h>

void pt__ql_lexer_init(pt__ql_lexer *lexer, pte_bytes text, pt__failure *failure) {
    *lexer = (pt__ql_lexer){
        .at = text.data,
        .end = text.data == NULL ? NULL : text.data + text.len,
        .line = 1,
        .column = 1,
        .arena = failure->arena,
        .failure = failure,
    };
}

pt__exception pt__ql_refuse(pt__failure *failure, const char *detail) {
    return pt__refuse(failure, PT__VALIDATION,
                      "Statement wasn't well formed, can't be processed: %s", detail);
}

bool pt__ql_same_word(pte_bytes text, const char *word) {
    size_t i = 0;
    while (i < text.len && word[i] != '\0' && tolower(text.data[i]) == word[i]) {
        i++;
    }
    return i == text.len && word[i] == '\0';
}

bool pt__ql_token_is(const pt__ql_token *token, const char *keyword) {
    return token->type == PT__QL_WORD && pt__ql_same_word(token->text, keyword);
}

/* ---- characters ---- */

static size_t left(const pt__ql_lexer *lexer) {
    return (size_t)(lexer->end - lexer->at);
}

/* The byte so far ahead; 0 behind the end, which no statement's token begins with. */
static uint8_t peek(const pt__ql_lexer *lexer, size_t ahead) {
    return ahead < left(lexer) ? lexer->at[ahead] : 0;
}

/* Goes past count bytes and counts the characters in them. */
static void advance(pt__ql_lexer *lexer, size_t count) {
    for (const uint8_t *end = lexer->at + count; lexer->at < end; lexer->at++) {
        if (*lexer->at == '\n') {
            lexer->line++;
            lexer->column = 1;
        } else if ((*lexer->at & 0xC0) != 0x80) {
            lexer->column++;
        }
    }
}

static bool is_space(uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool starts_name(uint8_t byte) {
    return isalpha(byte) || byte == '_' || byte == '$';
}

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static pt__exception skip_block_comment(pt__ql_lexer *lexer) {
    size_t len = 2;
    while (len < left(lexer) && !(peek(lexer, len) == '*' && peek(lexer, len + 1) == '/')) {
        len++;
    }
    if (len >= left(lexer)) {
        return pt__ql_refuse(lexer->failure, "");
    }
    advance(lexer, len + 2);
    return PT__OK;
}

static pt__exception skip_blanks(pt__ql_lexer *lexer) {
    pt__exception exception = PT__OK;
    while (left(lexer) != 0 && exception == PT__OK) {
        if (is_space(*lexer->at)) {
            advance(lexer, 1);
        } else if (*lexer->at == '-' && peek(lexer, 1) == '-') {
            const uint8_t *line_end = memchr(lexer->at, '\n', left(lexer));
            advance(lexer, line_end == NULL ? left(lexer) : (size_t)(line_end - lexer->at));
        } else if (*lexer->at == '/' && peek(lexer, 1) == '*') {
            exception = skip_block_comment(lexer);
        } else {
            break;
        }
    }
    return exception;
}

/* ---- tokens ---- */

static size_t name_length(const pt__ql_lexer *lexer) {
    size_t len = 1;
    while (starts_name(peek(lexer, len)) || is_digit(peek(lexer, len))) {
        len++;
    }
    return len;
}

static size_t digits_from(const pt__ql_lexer *lexer, size_t len) {
    while (is_digit(peek(lexer, len))) {
        len++;
    }
    return len;
}

static size_t number_length(const pt__ql_lexer *lexer) {
    size_t len = digits_from(lexer, 0);
    if (peek(lexer, len) == '.') {
        len = digits_from(lexer, len + 1);
    }
    if (peek(lexer, len) == 'e' || peek(lexer, len) == 'E') {
        size_t sign = peek(lexer, len + 1) == '+' || peek(lexer, len + 1) == '-';
        if (is_digit(peek(lexer, len + 1 + sign))) {
            len = digits_from(lexer, len + 1 + sign);
        }
    }
    return len;
}

/* A text in quotes, of which two stand for one of it. */
static pt__exception read_quoted(pt__ql_lexer *lexer, pt__ql_type type, uint8_t quote) {
    size_t len = 1;
    size_t doubled = 0;
    while (len < left(lexer) && (peek(lexer, len) != quote || peek(lexer, len + 1) == quote)) {
        size_t step = peek(lexer, len) == quote ? 2 : 1;
        doubled += step - 1;
        len += step;
    }
    if (len >= left(lexer)) {
        return pt__ql_refuse(lexer->failure, "");
    }
    pte_bytes inside = {lexer->at + 1, len - 1};
    if (doubled != 0) {
        uint8_t *to = pte__arena_alloc(lexer->arena, inside.len - doubled);
        if (to == NULL) {
            return pt__refuse_memory(lexer->failure);
        }
        size_t used = 0;
        for (size_t i = 0; i < inside.len; i++) {
            to[used++] = inside.data[i];
            i += inside.data[i] == quote;
        }
        inside = (pte_bytes){to, used};
    }
    lexer->token.type = type;
    lexer->token.text = inside;
    advance(lexer, len + 1);
    return PT__OK;
}

static void read_plain(pt__ql_lexer *lexer, pt__ql_type type, size_t len) {
    lexer->token.type = type;
    lexer->token.text = (pte_bytes){lexer->at, len};
    advance(lexer, len);
}

typedef struct symbol {
    char text[3];
    pt__ql_type type;
} symbol;

/* The longer ones first. */
static const symbol SYMBOLS[] = {
    {"<<", PT__QL_LEFT_BAG},   {">>", PT__QL_RIGHT_BAG},
    {"<>", PT__QL_OPERATOR},   {"!=", PT__QL_OPERATOR},
    {"<=", PT__QL_OPERATOR},   {">=", PT__QL_OPERATOR},
    {"||", PT__QL_OPERATOR},   {"=", PT__QL_OPERATOR},
    {"<", PT__QL_OPERATOR},    {">", PT__QL_OPERATOR},
    {"+", PT__QL_OPERATOR},    {"-", PT__QL_OPERATOR},
    {"*", PT__QL_OPERATOR},    {"/", PT__QL_OPERATOR},
    {"%", PT__QL_OPERATOR},    {"(", PT__QL_LEFT_PAREN},
    {")", PT__QL_RIGHT_PAREN}, {"[", PT__QL_LEFT_BRACKET},
    {"{", PT__QL_LEFT_CURLY},  {"]", PT__QL_RIGHT_BRACKET},
    {"}", PT__QL_RIGHT_CURLY}, {",", PT__QL_COMMA},
    {":", PT__QL_COLON},       {";", PT__QL_SEMICOLON},
    {".", PT__QL_DOT},         {"@", PT__QL_AT},
    {"?", PT__QL_PARAMETER},
};

static pt__exception read_symbol(pt__ql_lexer *lexer) {
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof *SYMBOLS; i++) {
        const char *text = SYMBOLS[i].text;
        size_t len = text[1] == '\0' ? 1 : 2;
        if (len <= left(lexer) && memcmp(lexer->at, text, len) == 0) {
            read_plain(lexer, SYMBOLS[i].type, len);
            return PT__OK;
        }
    }
    return pt__ql_refuse(lexer->failure, "");
}

static pt__exception read_token(pt__ql_lexer *lexer) {
    uint8_t first = peek(lexer, 0);
    if (starts_name(first)) {
        read_plain(lexer, PT__QL_WORD, name_length(lexer));
        return PT__OK;
    }
    if (is_digit(first) || (first == '.' && is_digit(peek(lexer, 1)))) {
        read_plain(lexer, PT__QL_NUMBER, number_length(lexer));
        return PT__OK;
    }
    switch (first) {
    case '\'':
        return read_quoted(lexer, PT__QL_STRING, first);
    case '"':
        return read_quoted(lexer, PT__QL_QUOTED, first);
    case '`':
        return read_quoted(lexer, PT__QL_ION, first);
    default:
        return read_symbol(lexer);
    }
}

pt__exception pt__ql_lexer_next(pt__ql_lexer *lexer) {
    pt__exception exception = skip_blanks(lexer);
    if (exception != PT__OK) {
        return exception;
    }
    const uint8_t *start = lexer->at;
    lexer->token = (pt__ql_token){.place = {lexer->line, lexer->column, 0}};
    if (left(lexer) == 0) {
        return PT__OK;
    }
    exception = read_token(lexer);
    for (const uint8_t *at = start; at < lexer->at; at++) {
        lexer->token.place.length += (*at & 0xC0) != 0x80;
    }
    return exception;
}
