import CloudIdentity
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPTransfer
import Synchronization
import TestSupport
import Testing

@testable import Blobs

/// An S3 that fails as a test wants.
@Suite struct StorageFaultTests {
    private static let keys = AmazonCredentials.Identity.keys(
        SigV4.Credentials(accessKeyID: "AKIAEXAMPLE", secretAccessKey: SecretBytes(Array("secret".utf8))))

    private func run(
        answering respond: @escaping @Sendable (_ number: Int, ScriptedRequest) -> String,
        _ body: @escaping @Sendable (S3Blobs, ScriptedServer) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 1, name: "faults")
        try await loops.next().run {
            let count = Mutex(0)
            let server = try ScriptedServer(on: loops.next()) { request in
                respond(
                    count.withLock {
                        $0 += 1; return $0
                    }, request)
            }
            let client = HTTPClient(loops: loops)
            try await body(Self.store(server, client), server)
            await client.close()
            await server.stop()
        }
    }

    private static func store(_ server: ScriptedServer, _ client: HTTPClient) -> S3Blobs {
        let place = S3Place(
            bucket: "b", region: "us-east-1", endpoint: server.url(""), style: .path, prefix: "p/")
        return S3Blobs(place, credentials: AmazonCredentials(keys, client: client), client: client)
    }

    private static func answer(_ status: String, _ headers: String = "", _ body: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func put(_ store: S3Blobs) async throws {
        var piece: [UInt8]? = [1, 2, 3]
        _ = try await store.put(BlobKey(words: "k")) {
            defer { piece = nil }
            return piece
        }
    }

    @Test func aBusyStoreIsAskedAgain() async throws {
        try await run(
            answering: { number, _ in
                number < 3
                    ? Self.answer("503 Slow Down", "", "<Error><Code>SlowDown</Code></Error>") : Self.answer("200 OK")
            },
            { store, server in
                try await Self.put(store)
                #expect(server.requests == 3)
            })
    }

    @Test func aStoreThatStaysAwayIsUnavailableAfterFourTries() async throws {
        try await run(
            answering: { _, _ in Self.answer("500 No") },
            { store, server in
                let error = await #expect(throws: BlobError.self) { try await Self.put(store) }
                #expect(error?.kind == .unavailable && server.requests == 4)
            })
    }

    @Test func aWrongClockIsNamedAndNotTriedAgain() async throws {
        let body = "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>"
        try await run(
            answering: { _, _ in Self.answer("403 Forbidden", "", body) },
            { store, server in
                let error = await #expect(throws: BlobError.self) { try await Self.put(store) }
                #expect(error?.kind == .refused && server.requests == 1)
                #expect(error?.description.contains("clock of this machine is wrong") == true)
            })
    }

    @Test func theRegionThatTheStoreNamesIsUsedFromThenOn() async throws {
        try await run(
            answering: { number, request in
                if request.head.contains("/eu-west-9/s3/") { return Self.answer("200 OK") }
                return Self.answer("301 Moved Permanently", "x-amz-bucket-region: eu-west-9\r\n")
            },
            { store, server in
                try await Self.put(store)
                try await Self.put(store)
                #expect(server.requests == 3)
            })
    }

    @Test func whatASignatureWasMadeOfIsNotRepeatedInErrors() async throws {
        let body = """
            <Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message><SignatureProvided>abcdef</SignatureProvided>\
            <StringToSign>AWS4</StringToSign></Error>
            """
        try await run(
            answering: { _, _ in Self.answer("403 Forbidden", "", body) },
            { store, _ in
                let error = await #expect(throws: BlobError.self) { try await Self.put(store) }
                #expect(error?.description.contains("SignatureDoesNotMatch") == true)
                #expect(error?.description.contains("abcdef") == false && error?.description.contains("AWS4") == false)
            })
    }

    /// The first answer breaks off in the middle.
    @Test func aReadingThatBreaksOffGoesOnWhereItWas() async throws {
        let loops = LoopGroup(count: 1, name: "faults")
        try await loops.next().run {
            let server = try ScriptedServer(on: loops.next()) { connection in
                while let request = try await connection.request() {
                    guard request.head.contains("range:") else {
                        try await connection.send("HTTP/1.1 200 OK\r\nETag: \"t\"\r\nContent-Length: 10\r\n\r\n01234")
                        return
                    }
                    let isRest = request.head.contains("bytes=5-9") && request.head.contains("\"t\"")
                    try await connection.send(
                        Self.answer(
                            isRest ? "206 Partial Content" : "400 Bad", "Content-Range: bytes 5-9/10\r\n", "56789"))
                }
            }
            let client = HTTPClient(loops: loops)
            let contents = try await Self.store(server, client).open(BlobKey(words: "k"), bytes: nil)
            var read: [UInt8] = []
            while let piece = try await contents.next() { read += piece }
            #expect(String(decoding: read, as: UTF8.self) == "0123456789")
            await client.close()
            await server.stop()
        }
    }

    @Test func aBlobThatIsDamagedIsNotTakenForWhole() async throws {
        let sum = Hexadecimal.encode(SHA256.hash("hello"))
        try await run(
            answering: { _, _ in Self.answer("200 OK", "x-amz-meta-sha256: \(sum)\r\n", "hallo") },
            { store, _ in
                let contents = try await store.open(BlobKey(words: "k"), bytes: nil)
                let error = await #expect(throws: BlobError.self) { while try await contents.next() != nil {} }
                #expect(error?.description.contains("damaged") == true)
            })
    }

    /// The last request of an upload may be answered with success and fail all the same; the parts are given up.
    @Test func anUploadThatFailsAtItsEndIsGivenUp() async throws {
        let seen = Mutex<[String]>([])
        try await run(
            answering: { _, request in
                seen.withLock { $0.append(String(request.line.split(separator: "&").first ?? "")) }
                if request.line.hasPrefix("POST"), request.line.contains("?uploads") {
                    return Self.answer("200 OK", "", "<R><UploadId>u1</UploadId></R>")
                }
                if request.line.hasPrefix("PUT") { return Self.answer("200 OK", "ETag: \"e\"\r\n") }
                if request.line.hasPrefix("POST") {
                    return Self.answer("200 OK", "", "<Error><Code>InvalidPart</Code></Error>")
                }
                return Self.answer("204 No Content")
            },
            { store, _ in
                var count = 0
                let error = await #expect(throws: BlobError.self) {
                    try await store.put(BlobKey(words: "k")) {
                        count += 1
                        return count < 11 ? [UInt8](repeating: 1, count: 1 << 20) : nil
                    }
                }
                #expect(error?.kind == .unavailable)
                #expect(seen.withLock { $0.last }?.hasPrefix("DELETE /b/p/k?uploadId=u1") == true)
            })
    }
}
