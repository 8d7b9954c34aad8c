import CloudIdentity
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPTransfer
import Synchronization
import SystemCalls
import TestSupport
import Testing

/// Credentials that clouds give, asked of services that answer as theirs do.
@Suite struct CloudIdentityTests {
    private func run(
        answering respond: @escaping @Sendable (ScriptedRequest) -> String,
        _ body: @escaping @Sendable (ScriptedServer, HTTPClient) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 1, name: "identities")
        try await loops.next().run {
            let server = try ScriptedServer(on: loops.next(), answering: respond)
            let client = HTTPClient(loops: loops)
            try await body(server, client)
            await client.close()
            await server.stop()
        }
    }

    private static func answer(_ body: String, status: String = "200 OK") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func keys(endingIn seconds: TimeInterval) -> String {
        let end = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down) + seconds).formatted(.iso8601)
        return #"{"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"\#(end)"}"#
    }

    /// Version 2 alone: without a token the service gives nothing.
    @Test func aMachineSaysItsRoleToWhoShowsAToken() async throws {
        try await run(
            answering: { request in
                if request.line.hasPrefix("PUT /latest/api/token ") {
                    let asksForTime = request.head.lowercased().contains("x-aws-ec2-metadata-token-ttl-seconds:")
                    return Self.answer("the-token", status: asksForTime ? "200 OK" : "400 Bad Request")
                }
                guard request.head.lowercased().contains("x-aws-ec2-metadata-token: the-token") else {
                    return Self.answer("", status: "401 Unauthorized")
                }
                return Self.answer(
                    request.line.contains("/security-credentials/role%20a ")
                        ? Self.keys(endingIn: 3600) : "role a\n")
            },
            { server, client async throws in
                let credentials = AmazonCredentials(.instance(endpoint: server.url("")), client: client)
                let keys = try await credentials.current()
                #expect(keys.accessKeyID == "ASIA1" && keys.sessionToken == "t")
                _ = try await credentials.current()
                #expect(server.requests == 3, "they hold for an hour")
            })
    }

    @Test func manyWhoAskAtOnceHaveOneAskForAll() async throws {
        try await run(
            answering: { _ in Self.answer(Self.keys(endingIn: 3600)) },
            { server, client async throws in
                let credentials = AmazonCredentials(.container(url: server.url("/c"), token: .none), client: client)
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<20 { group.addTask { try await credentials.current().accessKeyID } }
                    for try await id in group { #expect(id == "ASIA1") }
                }
                #expect(server.requests == 1)
            })
    }

    @Test func keysThatEndSoonAreGotAnewAndFailuresAreNotFelt() async throws {
        let count = Mutex(0)
        try await run(
            answering: { _ in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return number == 1 ? Self.answer(Self.keys(endingIn: 3600)) : Self.answer("", status: "500 No")
            },
            { server, client async throws in
                let clock = Mutex(Date())
                let renewed = Renewed(now: { clock.withLock { $0 } }) {
                    let response = try await client.send(
                        OutboundRequest(method: .get, url: server.url("/")), bodyLimit: 1000)
                    guard response.status == 200 else { throw IdentityError("it answered \(response.status)") }
                    return Renewed.Term(7, until: clock.withLock { $0 }.addingTimeInterval(3600))
                }
                #expect(try await renewed.value() == 7)
                clock.withLock { $0 = $0.addingTimeInterval(3400) }
                #expect(try await renewed.value() == 7, "there are some minutes left")
                #expect(server.requests == 2)
                clock.withLock { $0 = $0.addingTimeInterval(300) }
                await #expect(throws: IdentityError.self) { try await renewed.value() }
            })
    }

    @Test func aRoleIsTakenWithTheTokenOfAFile() async throws {
        let path = FileManager.default.temporaryDirectory.path() + "/token-\(UUID().uuidString)"
        try FileWriting.write("jwt.of.us\n", to: path, mode: 0o600)
        let seen = Mutex("")
        try await run(
            answering: { request in
                seen.withLock { $0 = request.text }
                return Self.answer(
                    """
                    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\
                    <AssumeRoleWithWebIdentityResult><Credentials><SessionToken>st</SessionToken>\
                    <SecretAccessKey>sk</SecretAccessKey><Expiration>2099-01-01T00:00:00Z</Expiration>\
                    <AccessKeyId>ASIA2</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult>\
                    </AssumeRoleWithWebIdentityResponse>
                    """)
            },
            { server, client async throws in
                let identity = AmazonCredentials.Identity.webIdentity(
                    role: "arn:aws:iam::1:role/r", tokenFile: path, session: "s", service: server.url(""))
                let keys = try await AmazonCredentials(identity, client: client).current()
                #expect(keys.accessKeyID == "ASIA2" && keys.sessionToken == "st")
                let form = seen.withLock { $0 }
                #expect(
                    form.contains("Action=AssumeRoleWithWebIdentity") && form.contains("WebIdentityToken=jwt.of.us"))
                #expect(form.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"))
            })
    }

    /// Azure writes numbers as texts.
    @Test func aMachineAtAzureGetsATokenForStorage() async throws {
        try await run(
            answering: { request in
                let isRight =
                    request.line.contains("resource=https%3A%2F%2Fstorage.azure.com%2F&client_id=c1")
                    && request.head.lowercased().contains("metadata: true")
                return Self.answer(
                    #"{"access_token":"tok","expires_in":"3599"}"#, status: isRight ? "200 OK" : "400 Bad Request")
            },
            { server, client async throws in
                let identity = BearerTokens.Identity.azureMachine(endpoint: server.url(""), clientID: "c1")
                #expect(try await BearerTokens(identity, client: client).authorization() == "Bearer tok")
            })
    }

    @Test func aRefusalSaysWhoRefusedAndNoToken() async throws {
        try await run(
            answering: { _ in
                Self.answer(#"{"error":"invalid_request","error_description":"Identity not found"}"#, status: "400 Bad")
            },
            { server, client async throws in
                let tokens = BearerTokens(.googleMachine(endpoint: server.url("")), client: client)
                let error = await #expect(throws: IdentityError.self) { try await tokens.authorization() }
                #expect(error?.description.contains("Identity not found") == true && error?.isPassing == false)
            })
    }
}
