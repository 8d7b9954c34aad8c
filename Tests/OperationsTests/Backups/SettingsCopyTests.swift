import Operations
import Testing

/// Which part of a settings file gets into a backup.
@Suite struct SettingsCopyTests {
    @Test func noSecretIsCopiedAndWhatNamesAFileIs() {
        let copy = SettingsCopy.withoutSecrets(
            """
            # A comment: it stays.
            database:
              url: "postgresql://ada:hidden1@db.example/scorable"
            redis:
              url: redis://:hidden2@redis.example:6379/0
            service_token: hidden3
            credential_secret:
              file: /etc/scorable/credential_secret
            blobs:
              azure:
                account_key: hidden4
                url: https://a.example/c?sv=1&sig=hidden5&se=2
            llmproxyd:
              private_key: |
                -----BEGIN PRIVATE KEY-----
                hidden6
                -----END PRIVATE KEY-----
              internal:
                listen: 127.0.0.1:8082
            apid:
              public:
                tls:
                  certificate: /etc/scorable/server.pem
                  key: /etc/scorable/server.key
            backup:
              database: host=/run/postgresql user=postgres password='hidden 7'
              recipients: ["AAAA"]
            """)
        #expect(!copy.contains("hidden"), "\(copy)")
        for kept in [
            "# A comment: it stays.", "postgresql://ada:LEFT-OUT@db.example/scorable",
            "  file: /etc/scorable/credential_secret",
            "    listen: 127.0.0.1:8082", "key: /etc/scorable/server.key", "recipients: [\"AAAA\"]",
            "user=postgres password=LEFT-OUT", "&se=2",
        ] { #expect(copy.contains(kept), "\(kept) in \(copy)") }
    }
}
