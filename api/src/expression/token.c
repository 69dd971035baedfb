#include "expression/token.h"

static bool is_digit(uint8_t c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_of_name(uint8_t c) {
    return is_letter(c) || is_digit(c) || c == '_';
}

static bool is_space(uint8_t c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t name_end(pte_bytes text, size_t at) {
    while (at < text.len && is_of_name(text.data[at])) {
        at++;
    }
    return at;
}

bool pt__is_placeholder(pte_bytes text, char marker) {
    return text.len > 1 && text.data[0] == (uint8_t)marker && name_end(text, 1) == text.len;
}

/* Whether the two texts are the same but for the case of ASCII letters; upper is upper case. */
static bool is_word(pte_bytes text, pte_bytes upper) {
    if (text.len != upper.len) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if ((c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c) != upper.data[i]) {
            return false;
        }
    }
    return true;
}

static pt__token_type word_type(pte_bytes text) {
    static const struct {
        pte_bytes word;
        pt__token_type type;
    } words[] = {
#define WORD(word, type) {{(const uint8_t *)(word), sizeof(word) - 1}, (type)}
        WORD("AND", PT__TOKEN_AND),         WORD("OR", PT__TOKEN_OR),
        WORD("NOT", PT__TOKEN_NOT),         WORD("IN", PT__TOKEN_IN),
        WORD("BETWEEN", PT__TOKEN_BETWEEN), WORD("SET", PT__TOKEN_SET),
        WORD("ADD", PT__TOKEN_ADD),         WORD("REMOVE", PT__TOKEN_REMOVE),
        WORD("DELETE", PT__TOKEN_DELETE),
#undef WORD
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (is_word(text, words[i].word)) {
            return words[i].type;
        }
    }
    return PT__TOKEN_NAME;
}

static pt__token_type mark_type(uint8_t c) {
    switch (c) {
    case '=':
        return PT__TOKEN_EQ;
    case '<':
        return PT__TOKEN_LT;
    case '>':
        return PT__TOKEN_GT;
    case '+':
        return PT__TOKEN_PLUS;
    case '-':
        return PT__TOKEN_MINUS;
    case '(':
        return PT__TOKEN_LEFT;
    case ')':
        return PT__TOKEN_RIGHT;
    case '[':
        return PT__TOKEN_LEFT_BRACKET;
    case ']':
        return PT__TOKEN_RIGHT_BRACKET;
    case '.':
        return PT__TOKEN_DOT;
    case ',':
        return PT__TOKEN_COMMA;
    default:
        return PT__TOKEN_UNKNOWN;
    }
}

/* The type of the mark at the start of rest, and how many bytes it has. */
static pt__token_type read_mark(pte_bytes rest, size_t *len) {
    uint8_t second = rest.len > 1 ? rest.data[1] : 0;
    *len = 2;
    if (rest.data[0] == '<' && second == '>') {
        return PT__TOKEN_NE;
    }
    if (rest.data[0] == '<' && second == '=') {
        return PT__TOKEN_LE;
    }
    if (rest.data[0] == '>' && second == '=') {
        return PT__TOKEN_GE;
    }
    *len = 1;
    pt__token_type type = mark_type(rest.data[0]);
    if (type == PT__TOKEN_UNKNOWN && rest.data[0] >= 0xC0) {
        while (*len < rest.len && (rest.data[*len] & 0xC0) == 0x80) { /* the whole character */
            (*len)++;
        }
    }
    return type;
}

/* Reads the token that stands at or behind offset at. */
static pt__token read_token(pte_bytes text, size_t at) {
    while (at < text.len && is_space(text.data[at])) {
        at++;
    }
    pte_bytes rest = {text.data + at, text.len - at};
    if (rest.len == 0) {
        return (pt__token){PT__TOKEN_END, rest};
    }
    uint8_t first = rest.data[0];
    if (is_letter(first)) {
        rest.len = name_end(rest, 0);
        return (pt__token){word_type(rest), rest};
    }
    if ((first == '#' || first == ':') && rest.len > 1 && is_of_name(rest.data[1])) {
        rest.len = name_end(rest, 1);
        return (pt__token){first == '#' ? PT__TOKEN_NAME_PLACEHOLDER : PT__TOKEN_VALUE_PLACEHOLDER,
                           rest};
    }
    if (is_digit(first)) {
        size_t len = 1;
        while (first != '0' && len < rest.len && is_digit(rest.data[len])) {
            len++;
        }
        return (pt__token){PT__TOKEN_INTEGER, {rest.data, len}};
    }
    size_t len;
    pt__token_type type = read_mark(rest, &len);
    return (pt__token){type, {rest.data, len}};
}

static size_t token_end(const pt__lexer *lexer, const pt__token *token) {
    return (size_t)(token->text.data - lexer->text.data) + token->text.len;
}

void pt__lexer_init(pt__lexer *lexer, pte_bytes text) {
    if (text.len == 0) {
        text.data = (const uint8_t *)"";
    }
    *lexer = (pt__lexer){.text = text, .token = read_token(text, 0)};
    lexer->next = read_token(text, token_end(lexer, &lexer->token));
}

void pt__lexer_advance(pt__lexer *lexer) {
    lexer->previous = lexer->token;
    lexer->token = lexer->next;
    lexer->next = read_token(lexer->text, token_end(lexer, &lexer->token));
}

pte_bytes pt__lexer_shown(const pt__lexer *lexer) {
    return lexer->token.type == PT__TOKEN_END ? pte_str("<EOF>") : lexer->token.text;
}

pte_bytes pt__lexer_near(const pt__lexer *lexer) {
    const uint8_t *from =
        lexer->previous.text.data == NULL ? lexer->text.data : lexer->previous.text.data;
    const uint8_t *end = lexer->next.text.data + lexer->next.text.len;
    return pte_view(from, (size_t)(end - from));
}
