import CloudIdentity
import Cryptography
import FoundationEssentials
import HTTPMessages
import JSON
import TestSupport
import Testing

@testable import Blobs

/// Signatures as the clouds' own libraries make them.
@Suite struct SignedAddressTests {
    private static let azureKey =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

    private func azure() throws -> AzureSigning {
        AzureSigning(account: "devstoreaccount1", key: SecretBytes(try #require(Base64.decode(Self.azureKey))))
    }

    @Test func requestsAreSignedWithTheKeyOfAnAccountOfAzure() throws {
        let put = try azure().authorization(
            method: "PUT", path: "/c/files/a.txt", query: [("comp", "block"), ("blockid", "MTAwMDAw")],
            headers: [
                "x-ms-version": "2021-12-02", "x-ms-date": "Fri, 02 Jan 2026 03:04:05 GMT",
                "content-md5": "XUFAKrxLKna5cZ2REBfFkg==", "x-ms-meta-sha256": "00",
            ], length: 5)
        #expect(put == "SharedKey devstoreaccount1:pHk5398aBkfOzca5jzP+3P7SbL45WIIXRp0SaKuIkjI=")
        let list = try azure().authorization(
            method: "GET", path: "/c",
            query: [("restype", "container"), ("comp", "list"), ("prefix", "files/"), ("maxresults", "5")],
            headers: [
                "x-ms-version": "2021-12-02", "x-ms-date": "Fri, 02 Jan 2026 03:04:05 GMT",
                "x-ms-range": "bytes=0-9",
            ], length: 0)
        #expect(list == "SharedKey devstoreaccount1:+9o6fZzR/Mv7VAhRap4uYaN3+dLjE5f4zJ3A5ya4rVo=")
    }

    @Test func anAddressOfAzureReadsOneBlob() throws {
        let query = try azure().query(
            reading: "files/a.txt", in: "c", until: Date(timeIntervalSince1970: 1_767_323_045),
            as: BlobDownload(name: "a.txt", type: "text/plain"), onlyTLS: true)
        #expect(query.hasSuffix("&sig=OTSmSGwZWfBs%2B9KApVgWpZ4NE7LHvOP8wEo6xHPJESU%3D"), "\(query)")
        #expect(query.contains("se=2026-01-02T03%3A04%3A05Z") && query.contains("sp=r&sr=b"))
    }

    @Test func anAddressOfGoogleIsSignedByTheServiceAccount() throws {
        let file: JSONObject = [
            "type": "service_account", "private_key": .string(KnownKey.pem),
            "client_email": "a@p.iam.gserviceaccount.com",
        ]
        let url = try GoogleSignedAddress.make(
            of: "files/a.txt", in: GooglePlace(bucket: "bucket", endpoint: nil, prefix: ""), for: 300,
            as: BlobDownload(name: "a.txt", type: "text/plain"),
            by: ServiceAccount(json: JSONWriter.bytes(of: .object(file))),
            at: Date(timeIntervalSince1970: 1_767_323_045))
        #expect(
            url.hasPrefix("https://storage.googleapis.com/bucket/files/a.txt?X-Goog-Algorithm=GOOG4-RSA-SHA256&"))
        #expect(
            Hexadecimal.encode(SHA256.hash(url.split(separator: "=").last.map(String.init) ?? ""))
                == "2096260dbb898b20b85e1c4721b6733020972b8b7a02a16f4527951610ecc174")
    }

    @Test func theChecksumOfCastagnoliIsThatOfTheStandard() {
        var sum = CRC32C()
        sum.update(Array("1234".utf8))
        sum.update(Array("56789".utf8))
        #expect(sum.value == 0xE306_9283)
        #expect(CRC32C.value(CRC32C.bytes(sum.value)) == sum.value)
    }

    @Test(arguments: [
        (S3Place.Style.automatic, nil as String?, "bucket", "https://bucket.s3.eu-west-1.amazonaws.com/k"),
        (.automatic, nil, "a.bucket", "https://s3.eu-west-1.amazonaws.com/a.bucket/k"),
        (.path, nil, "bucket", "https://s3.eu-west-1.amazonaws.com/bucket/k"),
        (.automatic, "http://127.0.0.1:9000", "bucket", "http://127.0.0.1:9000/bucket/k"),
        (.virtual, "https://s3.example.com", "bucket", "https://bucket.s3.example.com/k"),
    ])
    func aBucketIsNamedInTheHostOrInThePath(
        _ style: S3Place.Style, _ endpoint: String?, _ bucket: String, _ url: String
    ) {
        let place = S3Place(bucket: bucket, region: "eu-west-1", endpoint: endpoint, style: style, prefix: "")
        #expect(place.address(in: "eu-west-1").url("k", query: nil) == url)
    }
}
