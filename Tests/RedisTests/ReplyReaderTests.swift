import Testing

@testable import Redis

@Suite struct ReplyReaderTests {
    private func replies(_ pieces: [[UInt8]]) throws(RedisError) -> [RedisValue] {
        let reader = ReplyReader()
        var replies: [RedisValue] = []
        for piece in pieces {
            try reader.feed(piece[...])
            while let reply = try reader.next() { replies.append(reply) }
        }
        return replies
    }

    private let text =
        "+OK\r\n-ERR no\r\n:-42\r\n$5\r\nhe\r\no\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n*3\r\n:1\r\n*2\r\n$1\r\na\r\n$-1\r\n+x\r\n"
    private let values: [RedisValue] = [
        .status("OK"), .error("ERR no"), .integer(-42), .string(Array("he\r\no".utf8)), .null, .string([]), .null,
        .array([]), .array([.integer(1), .array([.string([0x61]), .null]), .status("x")]),
    ]

    @Test func repliesAreReadHoweverTheyArrive() throws {
        let bytes = Array(text.utf8)
        #expect(try replies([bytes]) == values)
        #expect(try replies(bytes.map { [$0] }) == values)
        for cut in 0...bytes.count {
            #expect(try replies([Array(bytes[..<cut]), Array(bytes[cut...])]) == values)
        }
    }

    @Test(arguments: ["hello\r\n", "HTTP/1.1 200 OK\r\n\r\n", "$abc\r\n", "*x\r\n", ":1x\r\n", "$-2\r\n", "\u{0}\r\n"])
    func garbageIsAnError(_ text: String) {
        let error = #expect(throws: RedisError.self) { try replies([Array(text.utf8)]) }
        #expect(error?.kind == .protocolViolation)
    }

    @Test func hugePromisesCostNothing() throws {
        #expect(try replies([Array("*2147483647\r\n:1\r\n".utf8)]).isEmpty)
        #expect(try replies([Array("$999999999\r\nabc".utf8)]).isEmpty)
        let reader = ReplyReader(limit: 1000)
        try reader.feed([UInt8](repeating: 0x61, count: 1000)[...])
        #expect(throws: RedisError.self) { try reader.feed([0x61]) }
    }

    @Test func mutatedRepliesAreReadOrRefused() {
        var random = SplitMix(seed: 7)
        let morsels = Array("+-:$*0123456789\r\n x".utf8)
        let end = ContinuousClock.now + .seconds(2)
        var refused = 0
        while ContinuousClock.now < end {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = morsels.randomElement(using: &random) ?? 0
                case 1: bytes.insert(morsels.randomElement(using: &random) ?? 0, at: place)
                default: bytes.remove(at: place)
                }
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            do {
                _ = try replies([Array(bytes[..<cut]), Array(bytes[cut...])])
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100)
    }

    @Test func commandsAreWrittenAsArraysOfStrings() {
        var bytes: [UInt8] = []
        bytes.append(command: ["SET", .init("kéy"), .init([0, 13, 10]), 12, .init(0.5), .init(12_345_678_901)])
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "*6\r\n$3\r\nSET\r\n$4\r\nkéy\r\n$3\r\n\0\r\n\r\n$2\r\n12\r\n$3\r\n0.5\r\n$11\r\n12345678901\r\n")
    }
}

@Suite struct RedisSettingsTests {
    @Test(arguments: [
        ("redis://host", "redis://host:6379/0"), ("redis://host:1/2", "redis://host:1/2"),
        ("rediss://user:p%40ss@[::1]:6380/3", "rediss://[::1]:6380/3"),
        ("redis://:secret@127.0.0.1", "redis://127.0.0.1:6379/0"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock?db=0"), ("unix:///a/b?db=4&password=x", "unix:///a/b?db=4"),
        ("redis+sentinel://:p@a:1,b,[::1]:3/main/2?sentinel_password=q", "redis+sentinel://a:1,b:26379,[::1]:3/main/2"),
    ])
    func addressesAreReadAndShownWithoutCredentials(_ url: String, _ shown: String) throws {
        #expect(try RedisSettings(url: url).description == shown)
    }

    @Test func credentialsAreDecoded() throws {
        let both = try RedisSettings(url: "redis://us%20er:p%40s%3As@host")
        #expect(both.user == "us er")
        #expect(both.password == "p@s:s")
        let password = try RedisSettings(url: "redis://:a@b@host")
        #expect(password.user == nil)
        #expect(password.password == "a@b")
        #expect(try RedisSettings(url: "redis+sentinel://h/m?sentinel_password=x%26y").sentinelPassword == "x&y")
    }

    @Test(arguments: [
        "", "host", "http://secret@host", "redis://", "redis://:secret@:6379", "redis://host:0", "redis://host:x",
        "redis://host:70000", "redis://host/x", "redis://host/1/2", "redis://a,b", "redis+sentinel://host",
        "redis://:%zz@secret", "unix:///x?db=-1",
    ])
    func otherAddressesAreRefusedWithoutTellingSecrets(_ url: String) {
        let error = #expect(throws: RedisError.self) { try RedisSettings(url: url) }
        #expect(error?.kind == .settings)
        #expect(error?.description.contains("secret") == false)
    }
}
