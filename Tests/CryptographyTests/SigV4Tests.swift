import Cryptography
import FoundationEssentials
import Testing

/// Signatures by botocore for the same requests.
@Suite struct SigV4Tests {
    private let secret = SecretBytes(Array("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".utf8))

    private func signature(_ headers: [(name: String, value: String)]) -> String? {
        headers.last?.value.split(separator: "=").last.map(String.init)
    }

    @Test(arguments: [
        (
            "us-east-1", "bedrock-runtime.us-east-1.amazonaws.com",
            "/model/amazon.nova-pro/converse",
            "{\"messages\":[]}", nil as String?,
            "0b7ba144763489eb50a3919d7638751aab35d26d12610815a7c09aa9d5a429d1"
        ),
        (
            "us-east-1", "bedrock-runtime.us-east-1.amazonaws.com",
            "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}]}]}", nil as String?,
            "1461c321be6b8e16454eb5603fc80dab99a4b74560c786de1544d644fb542182"
        ),
        (
            "us-east-1", "bedrock-runtime.us-east-1.amazonaws.com",
            "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream",
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"héllo ✓\"}]}]}",
            "IQoJb3JpZ2luX2VjEXAMPLE==" as String?,
            "723ee04853b1fbc894b2d374be980cfc4c88bf8e94703c36d3676d9a60b1bbc1"
        ),
        (
            "eu-west-1", "bedrock-runtime.eu-west-1.amazonaws.com",
            "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Aapplication-inference-profile%2Fabc123/converse",
            "{}", nil as String?,
            "e393789a0c4511ce67a095022273314f43a2bbea39cd4310b84b04dd27161fac"
        ),
    ])
    func bedrockPathsAreEncodedTwice(
        _ region: String, _ host: String, _ path: String, _ body: String, _ token: String?, _ expected: String
    ) {
        let signer = SigV4(
            credentials: SigV4.Credentials(
                accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: secret, sessionToken: token),
            region: region, service: "bedrock")
        let headers = signer.sign(
            method: "POST", path: path, query: nil,
            headers: [(name: "Host", value: host), (name: "Content-Type", value: "application/json")],
            payload: .bytes(Array(body.utf8)), date: Date(timeIntervalSince1970: 1_795_413_600))
        #expect(headers.first?.value == "20261123T060000Z")
        #expect(headers.first { $0.name == "x-amz-security-token" }?.value == token)
        #expect(signature(headers) == expected)
    }

    @Test func storageRequestsSignTheirQueryAndDigest() {
        let signer = SigV4(
            credentials: SigV4.Credentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: secret),
            region: "eu-west-1", service: "s3")
        let host = [(name: "host", value: "bucket.s3.eu-west-1.amazonaws.com")]
        let date = Date(timeIntervalSince1970: 1_767_323_045.9)
        let list = signer.sign(
            method: "GET", path: "/a%20folder/key%2Bplus", query: "prefix=b%2Fc&list-type=2&uploads", headers: host,
            payload: .bytes([]), date: date)
        #expect(signature(list) == "05a79e44a4468247ab95885ecdf26a72f8dd7d8b1277a10bed64aeac4bc8d096")
        let put = signer.sign(
            method: "PUT", path: "/x", query: nil, headers: host, payload: .bytes(Array("hello".utf8)), date: date)
        #expect(signature(put) == "b96e6e79d1e56bd2d9255cc4701159931b7d44165c49bf6b5fbfdc4142f94b09")
        let same = signer.sign(
            method: "PUT", path: "/x", query: "", headers: host,
            payload: .digest("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"), date: date)
        #expect(signature(same) == signature(put))
        let stream = signer.sign(method: "PUT", path: "/x", query: nil, headers: host, payload: .unsigned, date: date)
        #expect(stream.first { $0.name == "x-amz-content-sha256" }?.value == "UNSIGNED-PAYLOAD")
    }
}
