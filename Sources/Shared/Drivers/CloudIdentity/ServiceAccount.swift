package import Cryptography
package import FoundationEssentials
internal import JSON

/// Google's service account: a key that is exchanged for tokens of an hour.
package struct ServiceAccount: Sendable {
    /// A key file that is not one.
    package struct Malformed: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The project that the account belongs to.
    package let project: String?
    /// The account's name, which looks like an address of mail.
    package let email: String
    private let keyID: String?
    private let tokenURL: String
    private let key: SigningKey

    /// Reads the key file that Google's console gives.
    package init(json: [UInt8]) throws(Malformed) {
        do {
            let root = try JSONNode(json)
            guard try root.required("type").text() == "service_account" else {
                throw Malformed(description: "the key file is not that of a service account")
            }
            project = root["project_id"]?.string
            email = try root.required("client_email").text()
            keyID = root["private_key_id"]?.string
            tokenURL = root["token_uri"]?.string ?? "https://oauth2.googleapis.com/token"
            key = try SigningKey(pem: root.required("private_key").text())
        } catch let error as JSONDecodingError {
            throw Malformed(description: "the key file of the service account: \(error.message)")
        } catch let error as CryptographyError {
            throw Malformed(description: "the key of the service account: \(error)")
        } catch let error as Malformed {
            throw error
        } catch {
            throw Malformed(description: "the key file of the service account cannot be read")
        }
    }

    /// The call that gets a token.
    package func tokenExchange(now: Date) throws(CryptographyError) -> TokenExchange {
        let issued = Int(now.timeIntervalSince1970.rounded(.down))
        var header = JSONWriter()
        header.object { json in
            json.member("alg", "RS256")
            json.member("typ", "JWT")
            json.member("kid", keyID)
        }
        var claims = JSONWriter()
        claims.object { json in
            json.member("iss", email)
            json.member("scope", "https://www.googleapis.com/auth/cloud-platform")
            json.member("aud", tokenURL)
            json.member("iat", issued)
            json.member("exp", issued + 3600)
        }
        let text = "\(Base64URL.encode(header.bytes)).\(Base64URL.encode(claims.bytes))"
        let signature = try signature(of: Array(text.utf8))
        return TokenExchange(
            url: tokenURL,
            fields: [
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", "\(text).\(Base64URL.encode(signature))"),
            ])
    }

    /// What the account signs itself, such as addresses that let others fetch something.
    package func signature(of message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try key.signature(of: message)
    }
}
