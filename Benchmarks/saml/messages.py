"""SAML responses that nobody may be signed in by, each of which tries to cost much. They are made, and the sound parts of
them signed, with the openssl command; a text is written as exclusive canonicalization leaves it, so that its digest is
that of the text."""
import base64
import datetime
import hashlib
import subprocess

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
CANONICAL = "http://www.w3.org/2001/10/xml-exc-c14n#"


class IdentityProvider:
    """Somebody who signs, with a key in a folder."""

    def __init__(self, folder, name):
        self.entity = f"https://{name}.example/metadata"
        self.key, self.certificate = f"{folder}/{name}.key", f"{folder}/{name}.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out",
                        self.certificate, "-days", "30", "-subj", f"/CN={name}"], check=True, capture_output=True)

    @property
    def metadata(self):
        with open(self.certificate) as file:
            certificate = "".join(line.strip() for line in file if "-" * 5 not in line)
        return (f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.entity}">'
                f'<md:IDPSSODescriptor protocolSupportEnumeration="{PROTOCOL}"><md:KeyDescriptor use="signing">'
                f'<ds:KeyInfo xmlns:ds="{SIGNATURE}"><ds:X509Data><ds:X509Certificate>{certificate}'
                "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService "
                'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>'
                "</md:IDPSSODescriptor></md:EntityDescriptor>")

    def signature(self, identifier, content, references=1):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        reference = (f'<ds:Reference URI="#{identifier}"><ds:Transforms><ds:Transform Algorithm="{SIGNATURE}'
                     f'enveloped-signature"></ds:Transform><ds:Transform Algorithm="{CANONICAL}"></ds:Transform>'
                     '</ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256">'
                     f"</ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>")
        signed = (f'<ds:SignedInfo xmlns:ds="{SIGNATURE}"><ds:CanonicalizationMethod Algorithm="{CANONICAL}">'
                  '</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#'
                  f'rsa-sha256"></ds:SignatureMethod>{reference * references}</ds:SignedInfo>')
        value = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=signed.encode(), check=True,
                               capture_output=True).stdout
        return (f'<ds:Signature xmlns:ds="{SIGNATURE}">{signed}<ds:SignatureValue>{base64.b64encode(value).decode()}'
                "</ds:SignatureValue></ds:Signature>")


class Corpus:
    """Messages of somebody trusted, or of a stranger, to a callback of ours, and what is wrong with each."""

    def __init__(self, trusted, stranger, callback, audience):
        self.trusted, self.stranger = trusted, stranger
        self.callback, self.audience = callback, audience

    def _moment(self, minutes):
        return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def assertion(self, by=None, attributes="", audience=None, until=5, request="_none", references=1, altered=""):
        by = by or self.trusted
        head = (f'<saml:Assertion xmlns:saml="{ASSERTION}" ID="_a" IssueInstant="{self._moment(0)}" Version="2.0">'
                f"<saml:Issuer>{by.entity}</saml:Issuer>")
        rest = (f"<saml:Subject><saml:NameID>ada@example.com</saml:NameID><saml:SubjectConfirmation "
                'Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
                f'InResponseTo="{request}" NotOnOrAfter="{self._moment(until)}" Recipient="{self.callback}">'
                "</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject><saml:Conditions "
                f'NotBefore="{self._moment(-5)}" NotOnOrAfter="{self._moment(until)}"><saml:AudienceRestriction>'
                f"<saml:Audience>{audience or self.audience}</saml:Audience></saml:AudienceRestriction>"
                f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{self._moment(0)}"><saml:AuthnContext>'
                "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
                "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
                f"<saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>")
        return head + by.signature("_a", head + rest, references) + altered + rest

    def response(self, content, extra="", issuer=None):
        return (f'<samlp:Response xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" Destination="{self.callback}" '
                f'ID="_r" InResponseTo="_none" IssueInstant="{self._moment(0)}" Version="2.0"{extra}><saml:Issuer>'
                f"{issuer or self.trusted.entity}</saml:Issuer><samlp:Status><samlp:StatusCode "
                'Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>' + content + "</samlp:Response>")

    @staticmethod
    def attribute(value, name="memberOf"):
        return (f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>')

    def forms(self):
        """Names, and what stands in the form's field."""
        for name, text in self.texts():
            yield name, base64.b64encode(text.encode()).decode()
        yield "no base64", "%" * 1000
        yield "too long", "A" * (600 << 10)
        yield "as long as may be, of nothing", "A" * (256 << 10)
        yield "base64 of noise", base64.b64encode(hashlib.shake_256(b"x").digest(190 << 10)).decode()

    def texts(self):
        sound = self.assertion()
        yield "answers no request of ours", self.response(sound)
        yield "nothing signed", self.response(self.assertion().replace(
            sound[sound.index("<ds:Signature"):sound.index("</ds:Signature>") + 15], ""))
        yield "signed by a stranger", self.response(self.assertion(by=self.stranger))
        yield "a stranger under the name of the trusted one", self.response(
            self.assertion(by=self.stranger).replace(self.stranger.entity, self.trusted.entity))
        yield "long over", self.response(self.assertion(until=-60))
        yield "for another audience", self.response(self.assertion(audience="https://other.example"))
        yield "altered", self.response(self.assertion(altered="<saml:Advice></saml:Advice>"))
        yield "altered, with 150 KB of attributes", self.response(
            self.assertion(attributes=self.attribute("x" * 100) * 700, altered="<saml:Advice></saml:Advice>"))
        yield "150 KB of attributes", self.response(self.assertion(attributes=self.attribute("x" * 100) * 700))
        yield "one attribute of 150 KB", self.response(self.assertion(attributes=self.attribute("x" * 150_000)))
        yield "64 references", self.response(self.assertion(references=64))
        yield "400 references", self.response(self.assertion(references=400))
        yield "two assertions", self.response(sound + self.assertion(request="_other"))
        yield "twenty assertions", self.response(sound * 20)
        forged = sound.replace("ada@", "eve@").replace('ID="_a"', 'ID="_b"')
        yield "wrapped in front", self.response(forged + sound)
        yield "wrapped in extensions", self.response(f"<samlp:Extensions>{sound}</samlp:Extensions>{forged}")
        yield "wrapped in the signature", self.response(
            forged.replace("</ds:Signature>", f"<ds:Object>{sound}</ds:Object></ds:Signature>"))
        lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
        yield "entities in entities", f'<!DOCTYPE r [<!ENTITY e0 "x">{lines}]>' + self.response("&e8;")
        yield "a file as an entity", '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + self.response("&f;")
        yield "20,000 deep", self.response("<a>" * 20_000 + "</a>" * 20_000)
        yield "40,000 empty elements", self.response("<a/>" * 40_000)
        yield "5000 attributes of one element", self.response(
            "<a " + " ".join(f'a{n}="{n}"' for n in range(5000)) + "/>")
        yield "5000 namespaces", self.response("", extra="".join(f' xmlns:n{n}="urn:{n}"' for n in range(5000)))
        yield "2000 namespaces around a sound assertion", self.response(
            sound, extra="".join(f' xmlns:n{n}="urn:{n}"' for n in range(2000)))
        yield "a comment of 180 KB", self.response(f"<!--{'x' * 180_000}-->" + sound)
        yield "25,000 character references", self.response(self.attribute("&#120;" * 25_000))
        yield "one text that ends in the middle", self.response(sound)[:-200]
        cipher = base64.b64encode(hashlib.shake_256(b"y").digest(120 << 10)).decode()
        yield "encrypted noise", self.response(
            '<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" '
            'Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod '
            'Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/><ds:KeyInfo xmlns:ds="' + SIGNATURE + '">'
            '<xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>'
            f"<xenc:CipherData><xenc:CipherValue>{cipher[:344]}</xenc:CipherValue></xenc:CipherData>"
            "</xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>"
            f"{cipher}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>")
