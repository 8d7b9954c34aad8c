import HTTPMessages
import HTTPServer
import HTTPServing
import Testing

/// Where a request comes from when there are proxies.
@Suite struct TrustedProxiesTests {
    /// Which address the handler sees of a request from `peer`.
    private func seen(
        from peer: String, _ headers: HTTPHeaders, trusting text: String = "10.0.0.0/8, 2001:db8::/32"
    ) async throws -> String {
        var router = Router()
        router.on(.get, "/where") { context in .text(context.remoteAddress) }
        let trusted = try #require(TrustedProxies(text))
        let pipeline = Requests.pipeline(router) { $0.trustedProxies = trusted }
        let request = HTTPRequest(method: .get, path: "/where", headers: headers, remoteAddress: peer)
        return await pipeline.handle(request).text
    }

    @Test func aProxyIsBelieved() async throws {
        #expect(try await seen(from: "10.1.2.3", ["x-forwarded-for": "192.0.2.7"]) == "192.0.2.7")
        #expect(try await seen(from: "::ffff:10.1.2.3", ["x-forwarded-for": "192.0.2.7:4711"]) == "192.0.2.7")
        #expect(try await seen(from: "2001:db8::1", ["x-forwarded-for": "[2001:DB9::7]:443"]) == "2001:db9::7")
        #expect(try await seen(from: "10.1.2.3", [:]) == "10.1.2.3")
    }

    @Test func nobodyElseIs() async throws {
        #expect(try await seen(from: "192.0.2.1", ["x-forwarded-for": "10.0.0.1"]) == "192.0.2.1")
        #expect(try await seen(from: "192.0.2.1", ["forwarded": "for=10.0.0.1"]) == "192.0.2.1")
        #expect(try await seen(from: "10.1.2.3", ["x-forwarded-for": "192.0.2.7"], trusting: "") == "10.1.2.3")
    }

    @Test func whatTheSenderMadeUpIsNotReached() async throws {
        let spoofed: HTTPHeaders = ["x-forwarded-for": "127.0.0.1, 10.9.9.9, 192.0.2.7, 10.4.4.4"]
        #expect(try await seen(from: "10.1.2.3", spoofed) == "192.0.2.7")
        var repeated: HTTPHeaders = ["x-forwarded-for": "127.0.0.1"]
        repeated.add("x-forwarded-for", "192.0.2.7")
        #expect(try await seen(from: "10.1.2.3", repeated) == "192.0.2.7")
        // Nothing before what cannot be read is believed.
        #expect(try await seen(from: "10.1.2.3", ["x-forwarded-for": "192.0.2.7, nonsense, 10.4.4.4"]) == "10.4.4.4")
        #expect(try await seen(from: "10.1.2.3", ["x-forwarded-for": "10.5.5.5, 10.4.4.4"]) == "10.5.5.5")
        // The one field does not stand in for the other.
        let both: HTTPHeaders = ["x-forwarded-for": "192.0.2.7", "forwarded": "for=127.0.0.1"]
        #expect(try await seen(from: "10.1.2.3", both) == "192.0.2.7")
    }

    @Test func theStandardFieldIsRead() async throws {
        let field = #"for=127.0.0.1, For="[2001:db9::7]:4711";proto=https;by=10.0.0.1, for=10.4.4.4"#
        #expect(try await seen(from: "10.1.2.3", ["forwarded": field]) == "2001:db9::7")
        #expect(try await seen(from: "10.1.2.3", ["forwarded": "for=_hidden"]) == "10.1.2.3")
    }

    @Test func aUnixSocketIsAProxyWhereThatIsSaid() async throws {
        #expect(try await seen(from: "", ["x-forwarded-for": "192.0.2.7"], trusting: "unix") == "192.0.2.7")
        #expect(try await seen(from: "", ["x-forwarded-for": "192.0.2.7"]) == "")
    }

    @Test(arguments: ["10.0.0.1/8", "proxy.example.com", "10.0.0.0/8 192.0.2.1"])
    func whatIsNoRangeIsRefused(text: String) { #expect(TrustedProxies(text) == nil) }
}
