"""A SAML 2.0 identity provider on pysaml2, for tests: identity_provider.py FOLDER

Prints its address. GET /metadata describes it; POST /service takes the metadata of the one service that it knows;
POST /settings takes JSON: `people` by name with their attributes, `name_format` ("email" or "persistent"), `encrypts`,
`renews_key`. Whoever gives a known name at the form of /sso is signed in. /unasked begins a sign-in here.
"""

import base64
import html
import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlparse

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, saml
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

FOLDER = sys.argv[1]
FORMATS = {"email": saml.NAMEID_FORMAT_EMAILADDRESS, "persistent": saml.NAMEID_FORMAT_PERSISTENT}


class Provider:
    """What it is at the moment; made anew when something about it changes."""

    def __init__(self, address):
        self.address = address
        self.settings = {"people": {}, "name_format": "email", "encrypts": False}
        self.service = None
        self.keys = 0
        self.renew_key()
        self.make()

    def renew_key(self):
        self.keys += 1
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=tests -keyout".split()
        subprocess.run(command + [self.file("key"), "-out", self.file("crt")], check=True, capture_output=True)

    def file(self, ending):
        return os.path.join(FOLDER, f"provider-{self.keys}.{ending}")

    def make(self):
        endpoints = {
            "single_sign_on_service": [(f"{self.address}/sso", BINDING_HTTP_REDIRECT)],
            "single_logout_service": [(f"{self.address}/slo", BINDING_HTTP_REDIRECT)],
        }
        policy = {"default": {"lifetime": {"minutes": 5}, "name_form": saml.NAME_FORMAT_BASIC}}
        settings = {
            "entityid": f"{self.address}/metadata",
            "key_file": self.file("key"),
            "encryption_keypairs": [{"key_file": self.file("key"), "cert_file": self.file("crt")}],
            "cert_file": self.file("crt"),
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "allow_unknown_attributes": True,
            "service": {"idp": {"endpoints": endpoints, "policy": policy, "want_authn_requests_signed": True}},
        }
        if self.service:
            settings["metadata"] = {"inline": [self.service]}
        self.server = Server(config=IdPConfig().load(settings))

    def answer(self, person, service, destination, request):
        """A signed response that says that somebody is `person`."""
        known = self.settings["people"][person]
        name_format = self.settings["name_format"]
        name = known["mail"][0] if name_format == "email" else f"id-of-{person}"
        return str(
            self.server.create_authn_response(
                identity=known,
                in_response_to=request,
                destination=destination,
                sp_entity_id=service,
                userid=person,
                name_id=NameID(format=FORMATS[name_format], text=name),
                authn={"class_ref": saml.AUTHN_PASSWORD_PROTECTED, "authn_auth": self.address},
                sign_assertion=True,
                encrypt_assertion=self.settings["encrypts"],
                encrypted_advice_attributes=False,
                encrypt_assertion_self_contained=True,
                sign_alg=SIG_RSA_SHA256,
                digest_alg=DIGEST_SHA256,
            )
        )


class Pages(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve(dict(parse_qsl(urlparse(self.path).query)))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        path = urlparse(self.path).path
        if path == "/service":
            PROVIDER.service = body
            PROVIDER.make()
            return self.send(204, "")
        if path == "/settings":
            wish = json.loads(body)
            if wish.pop("renews_key", False):
                PROVIDER.renew_key()
            PROVIDER.settings.update(wish)
            PROVIDER.make()
            return self.send(204, "")
        return self.serve(dict(parse_qsl(body, keep_blank_values=True)))

    def serve(self, fields):
        path, server = urlparse(self.path).path, PROVIDER.server
        if path == "/metadata":
            return self.send(200, str(entity_descriptor(server.config)), "application/samlmetadata+xml")
        if path in ("/sso", "/unasked"):
            hidden = {key: fields.get(key, "") for key in ("SAMLRequest", "RelayState", "SigAlg", "Signature")}
            return self.send(200, form("/answer", hidden, '<input type="text" name="username">'))
        if path == "/answer":
            return self.send(200, self.answered(fields))
        if path == "/slo" and "SAMLRequest" in fields:
            request = server.parse_logout_request(
                fields["SAMLRequest"], BINDING_HTTP_REDIRECT, relay_state=fields.get("RelayState"),
                sigalg=fields["SigAlg"], signature=fields["Signature"],
            ).message
            answer = server.create_logout_response(request, [BINDING_HTTP_REDIRECT])
            binding, address = server.pick_binding(
                "single_logout_service", [BINDING_HTTP_REDIRECT], entity_id=request.issuer.text
            )
            sent = server.apply_binding(
                binding, str(answer), address, fields.get("RelayState", ""), response=True, sign=True,
                sigalg=SIG_RSA_SHA256,
            )
            return self.send(303, "", location=dict(sent["headers"])["Location"])
        return self.send(404, "There is nothing here.")

    def answered(self, fields):
        """The form by which a browser takes an answer back."""
        server = PROVIDER.server
        if fields.get("SAMLRequest"):
            request = server.parse_authn_request(
                fields["SAMLRequest"], BINDING_HTTP_REDIRECT, relay_state=fields.get("RelayState"),
                sigalg=fields["SigAlg"], signature=fields["Signature"],
            ).message
            known = server.response_args(request, [BINDING_HTTP_POST])
            service, address, identifier = known["sp_entity_id"], known["destination"], known["in_response_to"]
        else:
            service = next(iter(server.metadata.keys()))
            address = server.pick_binding("assertion_consumer_service", [BINDING_HTTP_POST], entity_id=service)[1]
            identifier = None
        answer = PROVIDER.answer(fields["username"], service, address, identifier)
        return form(
            address,
            {"SAMLResponse": base64.b64encode(answer.encode()).decode(), "RelayState": fields.get("RelayState", "")},
        )

    def send(self, status, text, kind="text/html", location=None):
        data = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(data)


def form(action, hidden, fields=""):
    inputs = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in hidden.items()
    )
    return f'<form method="post" action="{html.escape(action)}">{inputs}{fields}<button>Go on</button></form>'


LISTENER = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
PROVIDER = Provider(f"http://127.0.0.1:{LISTENER.server_address[1]}")
print(PROVIDER.address, flush=True)
LISTENER.serve_forever()
