"""AWS's signatures, version 4, written from its documentation and apart from the server's code.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""
import datetime
import hashlib
import hmac
from urllib.parse import quote

import wire

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def hmac256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def time_text(after_s=0):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=after_s)
    return now.strftime("%Y%m%dT%H%M%SZ")


def signature(canonical, time, scope, secret):
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac256(key, part)
    return hmac256(key, f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{sha256(canonical.encode())}").hex()


def canonical_of(query, headers, names, body, payload=None):
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in query)
    return "\n".join(["POST", "/", "&".join(f"{k}={v}" for k, v in pairs),
                      *(f"{name}:{headers[name]}" for name in names), "", ";".join(names),
                      payload or sha256(body)])


def signed(operation, body=b"{}", *, key=KEY, secret=SECRET, token=None, region="us-east-1",
           service="dynamodb", time=None, scope_date=None, in_query=False, expires=None,
           payload=None, headers=(), terminator="aws4_request"):
    """The bytes of a signed call; the header Content-Length is the last and not signed."""
    time = time or time_text()
    scope = f"{scope_date or time[:8]}/{region}/{service}/{terminator}"
    fields = {"host": "localhost", "content-type": wire.CALL_TYPE,
              "x-amz-target": f"DynamoDB_20120810.{operation}", **dict(headers)}
    query = []
    if not in_query:
        fields["x-amz-date"] = time
        if token is not None:
            fields["x-amz-security-token"] = token
    if payload is not None:
        fields["x-amz-content-sha256"] = payload
    names = sorted(fields)
    if in_query:
        query = [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", f"{key}/{scope}"),
                 ("X-Amz-Date", time), ("X-Amz-SignedHeaders", ";".join(names))]
        query += [("X-Amz-Expires", str(expires))] if expires is not None else []
        query += [("X-Amz-Security-Token", token)] if token is not None else []
    made = signature(canonical_of(query, fields, names, body, payload), time, scope, secret)
    path = "/"
    if in_query:
        path += "?" + "&".join(f"{k}={quote(v, safe='')}"
                               for k, v in [*query, ("X-Amz-Signature", made)])
    else:
        fields["authorization"] = (f"AWS4-HMAC-SHA256 Credential={key}/{scope}, "
                                   f"SignedHeaders={';'.join(names)}, Signature={made}")
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return (f"POST {path} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
