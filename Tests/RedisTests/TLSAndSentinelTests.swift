import Cryptography
import EventLoop
import FoundationEssentials
import Redis
import TestSupport
import Testing

@Suite struct TLSTests {
    @Test func theServerIsSpokenToOverTLSWhenItsNameIsProved() async throws {
        let authority = try CertificateAuthority.generate(commonName: "Test root", now: Date())
        let credentials = try authority.issue(for: ["localhost", "127.0.0.1"], now: Date())
        let server = try await PrivateRedis.start(
            .tls(certificate: credentials.certificatePEM, key: credentials.privateKeyPEM))
        for host in ["127.0.0.1", "localhost"] {
            var settings = try RedisSettings(url: "rediss://\(host):\(server.port)/1")
            settings.rootsPEM = authority.root.certificatePEM
            try await withClient(settings) { redis in
                let large = [UInt8](repeating: 9, count: 3_000_000)
                _ = try await redis.command(["SET", "k", .init(large)])
                #expect(try await redis.command(["GET", "k"]).bytes == large)
                let replies = try await redis.pipeline(
                    (0..<5000).map { ["ECHO", .init($0)] }, deadline: .after(.seconds(20)))
                #expect(replies.compactMap(\.integer) == (0..<5000).map(Int64.init))
                _ = try await redis.command(["RPUSH", "q", "x"])
                let popped = try await redis.blockingCommand(["BLPOP", "q", 1], wait: .seconds(1))
                #expect(popped.array?.last?.text == "x")
            }
        }
        let stranger = try CertificateAuthority.generate(commonName: "Stranger", now: Date())
        var settings = try RedisSettings(url: "rediss://127.0.0.1:\(server.port)")
        settings.rootsPEM = stranger.root.certificatePEM
        try await withClient(settings) { redis in
            let error = await #expect(throws: RedisError.self) { try await redis.command(["PING"]) }
            #expect(error?.kind == .unavailable)
            #expect(error?.description.contains("certificate is not accepted") == true)
        }
        settings.rootsPEM = "nonsense"
        try await withClient(settings) { redis in
            #expect(await kind { try await redis.command(["PING"]) } == .settings)
        }
        try await withClient(try RedisSettings(url: "redis://127.0.0.1:\(server.port)")) { redis in
            #expect(await kind { try await redis.command(["PING"]) } != nil)
        }
    }
}

@Suite struct SentinelTests {
    @Test func theMasterIsFoundAndFollowedWhenAnotherTakesOver() async throws {
        let watched = try await WatchedRedis.start()
        let (master, replica) = (watched.master, watched.replica)
        try await withClient(try RedisSettings(url: watched.url)) { redis in
            _ = try await redis.command(["SET", "k", "before"])
            #expect(try await redis.command(["CONFIG", "GET", "port"]).array?.last?.integer == Int64(master.port))
            let copied = try await eventually {
                do {
                    return try await redis.blockingCommand(["WAIT", 1, 100], wait: .seconds(1)).integer == 1
                } catch {
                    return false
                }
            }
            #expect(copied)
            // One sentinel may die with the master.
            watched.sentinels[0].kill()
            master.kill()
            let recovered = try await eventually(within: .seconds(40)) {
                await kind { try await redis.command(["SET", "k2", "after"]) } == nil
            }
            #expect(recovered)
            #expect(try await redis.command(["CONFIG", "GET", "port"]).array?.last?.integer == Int64(replica.port))
            #expect(try await redis.command(["GET", "k"]).text == "before")
        }
    }

    @Test func aMasterThatBecomesAReplicaIsLeft() async throws {
        let first = try await PrivateRedis.start(.port)
        let second = try await PrivateRedis.start(.port)
        let group = LoopGroup(count: 1, name: "test")
        try await group.next().run {
            let named = Named(port: first.port)
            let sentinel = try ScriptedServer { _, input in
                guard input.contains("get-master-addr-by-name") else { return .close }
                let port = "\(named.port)"
                return .bytes(Array("*2\r\n$9\r\n127.0.0.1\r\n$\(port.count)\r\n\(port)\r\n".utf8))
            }
            let settings = try RedisSettings(url: "redis+sentinel://127.0.0.1:\(sentinel.port)/main")
            let redis = RedisClient(loops: group, settings: settings)
            _ = try await redis.command(["SET", "k", "1"])
            named.port = second.port
            _ = try await redis.command(["REPLICAOF", "127.0.0.1", .init(second.port)])
            #expect(
                await kind { try await redis.command(["SET", "k", "2"]) }
                    == .server(code: "READONLY"))
            let moved = try await eventually {
                await kind { try await redis.command(["SET", "k", "3"]) } == nil
            }
            #expect(moved)
            #expect(try await redis.command(["CONFIG", "GET", "port"]).array?.last?.integer == Int64(second.port))
            // Sentinels that still name the old one are not believed.
            named.port = first.port
            second.kill()
            let error = try await eventually {
                do throws(RedisError) {
                    _ = try await redis.command(["PING"])
                    return false
                } catch {
                    return error.description.contains("says it is slave")
                }
            }
            #expect(error)
            await redis.close()
            sentinel.stop()
        }
        await group.shutdown()
    }

    @Test func deadSentinelsAreNamed() async throws {
        let dead = try await PrivateRedis.start(.port)
        dead.kill()
        try await withClient(try RedisSettings(url: "redis+sentinel://127.0.0.1:\(dead.port)/main")) { redis in
            let error = await #expect(throws: RedisError.self) { try await redis.command(["PING"]) }
            #expect(error?.kind == .unavailable)
            #expect(error?.description.contains("no sentinel names the master of main") == true)
        }
    }

    /// What the scripted sentinel names. `@unchecked Sendable`: confined to the loop.
    private final class Named: @unchecked Sendable {
        var port: Int
        init(port: Int) { self.port = port }
    }
}
