import Testing

@testable import Launcher

/// What leaves an installation in a bundle.
@Suite struct RedactionTests {
    private static let redaction = Redaction(secrets: [
        "hunter2hunter2\n", "-----BEGIN X-----\nQUJDREVGR0g\n-----END X-----", "p@ss/w\"rd?", "s3crt",
    ])

    @Test(arguments: [
        ("mail to admin@localhost, a.b@example.com!", "mail to ‹email›, ‹email›"),
        ("{\"key\":\"sk_live0123456789abcdef\"}", "{\"key\":\"‹key›\"}"),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc", "Bearer ‹token›"),
        ("postgresql://scorable:p%20w@db.example/scorable", "postgresql://scorable:‹password›@db.example/scorable"),
        ("from 10.1.2.3:443 and [2001:db8::1]:443", "from ‹address›:443 and [‹address›]:443"),
        ("token hunter2hunter2.", "token ‹secret›."), ("a line QUJDREVGR0g of a key", "a line ‹secret› of a key"),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nrest", "‹private key›\nrest"),
        // As it is, in an address, in JSON; a short one only as a whole word.
        (#"p@ss/w"rd? p%40ss%2Fw%22rd%3F p@ss/w\"rd?"#, "‹secret› ‹secret› ‹secret›"),
        ("s3crt, but not s3crts", "‹secret›, but not s3crts"),
        ("redis://:a/b?c@cache:6379 http://db:5432/x", "redis://:‹password›@cache:6379 http://db:5432/x"),
        ("a://x:one@h/,b://y:two@h2/", "a://x:‹password›@h/,b://y:‹password›@h2/"),
        ("password=Tr0ub4dor next", "password=‹secret› next"),
        ("PGPASSWORD = 'two words' x", "PGPASSWORD = '‹secret›' x"),
        (#"{"client_secret": "a\"b", "n": 1}"#, #"{"client_secret": "‹secret›", "n": 1}"#),
        (#"{\"apiKey\":\"abc\",\"n\":1}"#, #"{\"apiKey\":\"‹secret›\",\"n\":1}"#),
        ("Authorization: Bearer abc.def ok", "Authorization: ‹secret› ok"),
        ("https://a.example/x?sig=aGVsbG8%3D&se=1", "https://a.example/x?sig=‹secret›&se=1"),
        (
            #"{"pem":"-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\n"}"#,
            #"{"pem":"‹private key›\n"}"#
        ),
    ]) func whatMustNotBeSeenIsTakenOut(_ text: String, _ expected: String) {
        let outcome = Self.redaction.redacted(text)
        #expect(outcome.text == expected)
        #expect(!outcome.found.isEmpty)
        #expect(Self.redaction.findings(in: outcome.text).isEmpty, "what is left passes the check")
    }

    @Test(arguments: [
        "2026-11-26T13:41:27.123Z INFO ready listeners=[internal on 127.0.0.1:8080]",
        "scorable_http_requests_total{route=\"/v1/evaluators/{id}\"} 5", "task-012345678901234 took 12:30:45",
        "service_token = ‹redacted›  # file a", "operator_token = (not set)", "token: false",
        "scorable_tokens_total{provider=\"token\"} 5", "max_tokens=5", "SHA256 a1:b2:c3:d4:e5:f6:a7:b8:c9:d0",
        "listen = 0.0.0.0:8443  # default",
    ]) func whatHelpsIsKept(_ text: String) {
        #expect(Self.redaction.redacted(text).text == text)
    }

    @Test func whatPostgreSQLSaysOfRowsIsLeftOut() {
        let log = """
            2026-11-26 12:00:00 UTC [7] ERROR:  new row violates a check
            2026-11-26 12:00:00 UTC [7] DETAIL:  Failing row contains (What is my salary?).
            2026-11-26 12:00:00 UTC [7] STATEMENT:  INSERT INTO logs
            \tVALUES ('What is my salary?')
            2026-11-26 12:00:01 UTC [7] LOG:  checkpoint complete

            """
        #expect(
            BundleContents.withoutRows(log) == """
                2026-11-26 12:00:00 UTC [7] ERROR:  new row violates a check
                2026-11-26 12:00:01 UTC [7] LOG:  checkpoint complete

                """)
    }

    @Test func certificatesThatAreTrustedAreNoSecrets() {
        let certificate = "-----BEGIN CERTIFICATE-----\nQUJDREVGR0g\n-----END CERTIFICATE-----"
        let key = "-----BEGIN PRIVATE KEY-----\nSUpLTE1OT1A\n-----END PRIVATE KEY-----"
        #expect(KnownSecrets.withoutCertificates("# roots\n\(certificate)\n\(key)\n") == "# roots\n\(key)")
    }
}
