import CloudIdentity
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPTransfer
import Testing

@testable import Blobs

/// An object storage that runs for the tests, as `servers/with-stores` tells of it.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    let kind: String
    let endpoint: String
    let bucket: String
    let key: String
    let secret: String

    /// All that there are; none where nobody started any.
    static let all: [StoreUnderTest] =
        (ProcessInfo.processInfo.environment["SCORABLE_TEST_STORES"] ?? "").split(whereSeparator: \.isNewline).map {
            let words = $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            return StoreUnderTest(kind: words[0], endpoint: words[1], bucket: words[2], key: words[3], secret: words[4])
        }

    /// Those that can be asked for lists. moto, where it checks signatures, refuses lists of a folder to its own clients too: it
    /// spells the slash otherwise than it was signed.
    static let listing = all.filter { $0.kind != "moto" }

    var testDescription: String { "\(kind) at \(endpoint)" }

    var credentials: AmazonCredentials.Identity {
        .keys(SigV4.Credentials(accessKeyID: key, secretAccessKey: SecretBytes(Array(secret.utf8))))
    }

    /// A store below a prefix of its own, which is empty.
    func store(over client: HTTPClient, prefix: String = "\(UUID().uuidString)/") throws -> any BlobStore {
        switch kind {
        case "azure":
            AzureBlobs(
                AzurePlace(account: key, container: bucket, endpoint: endpoint, prefix: prefix),
                access: .sharedKey(SecretBytes(try #require(Base64.decode(secret)))), client: client)
        case "gcs":
            GoogleBlobs(
                GooglePlace(bucket: bucket, endpoint: endpoint, prefix: prefix), tokens: nil, account: nil,
                client: client)
        default:
            S3Blobs(
                S3Place(bucket: bucket, region: "us-east-1", endpoint: endpoint, style: .automatic, prefix: prefix),
                credentials: AmazonCredentials(credentials, client: client), client: client)
        }
    }

    /// Runs a test with such a store.
    func run(_ body: @escaping @Sendable (BlobStoreConformance, HTTPClient) async throws -> Void) async throws {
        let loops = LoopGroup(count: 1, name: "stores")
        let client = HTTPClient(loops: loops)
        try await loops.next().run {
            try await body(BlobStoreConformance(store: store(over: client), isOrdered: kind != "seaweedfs"), client)
            await client.close()
        }
    }
}

/// What every object storage has to do, done by those that run over a network: `make test-storage` starts some.
@Suite struct RemoteBlobsTests {
    @Test(arguments: StoreUnderTest.all) func whatIsPutIsRead(_ it: StoreUnderTest) async throws {
        try await it.run { it, _ in try await it.whatIsPutIsRead() }
    }
    @Test(arguments: StoreUnderTest.all) func aPartIsRead(_ it: StoreUnderTest) async throws {
        try await it.run { it, _ in try await it.aPartIsRead() }
    }
    @Test(arguments: StoreUnderTest.all) func aSecondPutReplacesTheFirst(_ it: StoreUnderTest) async throws {
        try await it.run { it, _ in try await it.aSecondPutReplacesTheFirst() }
    }
    @Test(arguments: StoreUnderTest.listing) func whatIsNotWholeDoesNotAppear(_ it: StoreUnderTest) async throws {
        try await it.run { it, _ in try await it.whatIsNotWholeDoesNotAppear() }
    }
    @Test(arguments: StoreUnderTest.all) func aPutIsNotSeenBeforeItsEnd(_ it: StoreUnderTest) async throws {
        try await it.run { it, _ in try await it.aPutIsNotSeenBeforeItsEnd() }
    }
    @Test(arguments: StoreUnderTest.all) func whatIsDeletedIsGone(_ it: StoreUnderTest) async throws {
        try await it.run { it, _ in try await it.whatIsDeletedIsGone() }
    }
    @Test(arguments: StoreUnderTest.listing) func listsAreInTheOrderOfKeysAndGoOn(_ it: StoreUnderTest) async throws {
        try await it.run { it, _ in try await it.listsAreInTheOrderOfKeysAndGoOn() }
    }
    @Test(arguments: StoreUnderTest.all) func manyAtOnceDoNotMix(_ it: StoreUnderTest) async throws {
        try await it.run { it, _ in try await it.manyAtOnceDoNotMix() }
    }

    @Test(arguments: StoreUnderTest.all) func aLargeBlobIsStoredInPartsAndIsWhole(_ it: StoreUnderTest) async throws {
        try await it.run { it, _ in try await it.aLargeBlobIsWhole() }
    }
    @Test(arguments: StoreUnderTest.listing) func aLargeBlobThatBreaksOffLeavesNothing(_ it: StoreUnderTest)
        async throws
    {
        try await it.run { it, _ in try await it.aLargeBlobThatBreaksOffLeavesNothing() }
    }

    /// Where rights are checked, moto takes no address that is signed.
    @Test(arguments: StoreUnderTest.all.filter { $0.kind != "moto" })
    func anAddressIsGivenByWhichAnyoneReads(_ it: StoreUnderTest) async throws {
        try await it.run { it, client in
            let key = BlobKey(words: "given", "away")
            try await it.put(key, Array("hello".utf8))
            let download = BlobDownload(name: "grüße.txt", type: "text/plain")
            guard let url = try await it.store.presignedDownload(of: key, for: .seconds(60), as: download) else {
                #expect(it.store is GoogleBlobs, "only without a service account")
                return
            }
            let response = try await client.send(OutboundRequest(method: .get, url: url), bodyLimit: 1000)
            #expect(response.status == 200 && response.body == Array("hello".utf8))
            #expect(response.headers["content-disposition"]?.contains("gr%C3%BC%C3%9Fe.txt") ?? true)
            // One letter of the signature is another one.
            let last = try #require(url.last)
            let other = try await client.send(
                OutboundRequest(method: .get, url: "\(url.dropLast())\(last == "0" ? "1" : "0")"), bodyLimit: 10_000)
            #expect(other.status >= 400)
        }
    }

    @Test(arguments: StoreUnderTest.all.filter { ["s3", "moto", "seaweedfs"].contains($0.kind) })
    func aWrongKeyIsRefusedWithWordsThatHelpAndNoSignature(_ it: StoreUnderTest) async throws {
        let wrong = StoreUnderTest(
            kind: it.kind, endpoint: it.endpoint, bucket: it.bucket, key: it.key, secret: "another secret")
        try await wrong.run { it, _ in
            let error = await #expect(throws: BlobError.self) { try await it.put(BlobKey(words: "a"), [1]) }
            #expect(error?.kind == .refused)
            #expect(error?.description.contains("check the key or the role") == true, "\(error as Any)")
        }
    }

    @Test(arguments: StoreUnderTest.all) func aBucketThatIsNotThereIsNamed(_ it: StoreUnderTest) async throws {
        let absent = StoreUnderTest(
            kind: it.kind, endpoint: it.endpoint, bucket: "not-there", key: it.key, secret: it.secret)
        try await absent.run { it, _ in
            let error = await #expect(throws: BlobError.self) {
                try await it.store.list(in: BlobKey(words: "a"), behind: nil, limit: 1)
            }
            #expect(error?.kind == .refused && error?.description.contains("not-there") == true, "\(error as Any)")
        }
    }
}
