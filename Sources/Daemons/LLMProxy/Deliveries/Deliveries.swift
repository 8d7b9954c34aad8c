internal import Cryptography
package import FoundationEssentials
internal import HTTPMessages
package import HTTPServing
package import HTTPTransfer
internal import Providers
internal import WireAPI

/// Sends events to endpoints of webhooks: the only way that they take out of the deployment. When it is tried again, and
/// what an answer means, others decide.
package struct Deliveries: Sendable {
    private let client: HTTPClient
    private let open: @Sendable (_ box: [UInt8], _ endpoint: UUID) throws -> String
    private let now: @Sendable () -> Date

    /// How long an endpoint may take from the connection to the end of its answer.
    private static let patience = Duration.seconds(10)
    /// How much of an answer is read, and how much of it is kept.
    private static let (readBytes, keptBytes) = (64 << 10, 1024)
    /// The largest payload.
    private static let payloadLimit = 256 << 10

    /// `client` follows no redirects, verifies TLS and connects to where tenants may send us; `open` unseals the secret of an
    /// endpoint.
    package init(
        client: HTTPClient, now: @escaping @Sendable () -> Date,
        open: @escaping @Sendable (_ box: [UInt8], _ endpoint: UUID) throws -> String
    ) {
        self.client = client
        self.now = now
        self.open = open
    }

    /// The route; whoever adds it protects it.
    package var router: Router {
        var router = Router()
        router.on(.post, ProxyDelivery.path, RouteOptions(timeout: Self.patience + .seconds(5))) { context in
            .json(try await send(try await context.decode()))
        }
        return router
    }

    /// Sends one message.
    /// - Throws: `APIProblem` when the request itself cannot be used; `CancellationError`.
    func send(_ delivery: ProxyDelivery) async throws -> ProxyDeliveryResult {
        let body = Array(delivery.payload.utf8)
        guard body.count <= Self.payloadLimit else {
            throw APIProblem.invalid("payload", "The payload is larger than \(Self.payloadLimit) bytes.")
        }
        guard let signature = WebhookSignature(secrets: try secrets(of: delivery)) else {
            throw APIProblem.invalid("sealed_secrets", "A secret is whsec_ and base64.")
        }
        let time = Int64(now().timeIntervalSince1970)
        let request = OutboundRequest(
            method: .post, url: delivery.url,
            headers: [
                "content-type": "application/json", "webhook-id": delivery.messageID, "webhook-timestamp": "\(time)",
                "webhook-signature": signature.header(id: delivery.messageID, time: time, body: body),
            ],
            body: .bytes(body),
            deadlines: TransferDeadlines(
                connect: Self.patience, firstByte: Self.patience, idle: Self.patience, total: Self.patience),
            isIdempotent: true)
        return try await result(of: request)
    }

    private func secrets(of delivery: ProxyDelivery) throws -> [String] {
        try delivery.sealedSecrets.map { sealed in
            guard let box = Base64.decode(sealed) else {
                throw APIProblem.invalid("sealed_secrets", "The secrets have to be sealed, in base64.")
            }
            do {
                return try open(box, delivery.endpointID)
            } catch {
                throw APIProblem.invalid("sealed_secrets", "The secret cannot be opened with this proxy's key.")
            }
        }
    }

    private func result(of request: OutboundRequest) async throws -> ProxyDeliveryResult {
        let began = ContinuousClock.now
        func duration() -> Int { Int(began.duration(to: .now).wholeMilliseconds) }
        do {
            let stream = try await client.open(request)
            let answer = await beginning(of: stream)
            return ProxyDeliveryResult(
                status: stream.status, sentence: Self.sentence(for: stream.status), durationMs: duration(),
                answer: answer,
                retryAfterSeconds: RetryAfterField.read(stream.headers, now: Int64(now().timeIntervalSince1970)).map {
                    Int(($0 / .seconds(1)).rounded(.up))
                })
        } catch {
            if error.kind == .cancelled { throw CancellationError() }
            return ProxyDeliveryResult(
                status: nil, sentence: OutsideTransfer.sentence(for: error, patience: Self.patience),
                isForbidden: OutsideTransfer.isForbidden(error), durationMs: duration())
        }
    }

    /// The beginning of an answer. Its status has come: that the rest breaks off, or has no end, does not change what it
    /// says.
    private func beginning(of stream: InboundStream) async -> String {
        var kept: [UInt8] = []
        var read = 0
        do {
            while read < Self.readBytes, let piece = try await stream.next() {
                read += piece.count
                kept += piece.prefix(Self.keptBytes - kept.count)
            }
        } catch {
            return Self.text(kept)
        }
        if read >= Self.readBytes { stream.cancel() }
        return Self.text(kept)
    }

    /// As it can be stored and shown on a terminal.
    private static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            text.unicodeScalars.append(isControl ? " " : scalar)
        }
        return text
    }

    private static func sentence(for status: Int) -> String {
        switch status {
        case 200..<300: "It was taken (\(status))."
        case 300..<400: "It was answered by a redirect (\(status)), which is not followed."
        case 410: "The endpoint says that it is gone (410)."
        case 429: "The endpoint has too much to do (429)."
        default: "It was answered with status \(status)."
        }
    }
}
