import Cryptography
import TestSupport
import Testing

/// RS256 with the example of RFC 7515, appendix A.2, whose key everybody knows.
@Suite struct SigningKeyTests {
    @Test func theSignatureIsTheOneOfTheStandard() throws {
        let message =
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let key = try SigningKey(pem: KnownKey.pem)
        #expect(
            Base64URL.encode(try key.signature(of: Array(message.utf8)))
                == "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W"
                + "2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS"
                + "jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv"
                + "Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw")
        #expect("\(key)" == "‹redacted›")
    }

    @Test func otherKeysAreRefused() {
        #expect(throws: CryptographyError.self) { try SigningKey(pem: "no key") }
    }
}
