import Cryptography
import EventLoop
import FoundationEssentials
import JSON
import Operations
import Postgres
import Stores
import Tenancy
import Testing
import Webhooks
import WireAPI

/// Secrets: who sees them, and for how long they sign.
@Suite struct SecretTests {
    @Test func bothSecretsSignDuringAnOverlapAndOnlyTheNewOneAfter() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            let (id, first) = try await world.endpoint(receiver.url())
            let second = try await world.product.steering.rotate(
                id, OperatorWebhookRotation(overlapHours: 1), by: world.actor)
            #expect(second.secret != first && second.secret.hasPrefix("whsec_"))
            #expect(second.webhook.formerSecretExpiresAt != nil)
            #expect(try await world.product.steering.test(id, by: world.actor).isTaken)
            var message = try #require(receiver.messages.last)
            #expect(message.isSigned(by: first) && message.isSigned(by: second.secret))
            #expect(message.signatures.count == 2)
            try await world.database.execute(
                "UPDATE webhook_endpoints SET former_expires_at = now() - interval '1 s' WHERE id = \(id)")
            try await world.announce()
            try await world.whileWorking {
                try await world.reaches([.delivered: 1], of: id)
            }
            message = try #require(receiver.messages.last)
            #expect(!message.isSigned(by: first) && message.isSigned(by: second.secret))
            // Without an overlap the former one is worth nothing at once.
            let third = try await world.product.steering.rotate(
                id, OperatorWebhookRotation(overlapHours: 0), by: world.actor)
            #expect(try await world.product.steering.test(id, by: world.actor).isTaken)
            message = try #require(receiver.messages.last)
            #expect(!message.isSigned(by: second.secret) && message.isSigned(by: third.secret))
            await receiver.stop()
        }
    }

    @Test func aSecretIsInNoAnswerAndNowhereInTheDatabase() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            let (id, secret) = try await world.endpoint(receiver.url())
            try await world.announce()
            try await world.whileWorking {
                try await world.reaches([.delivered: 1], of: id)
            }
            _ = try await world.product.steering.test(id, by: world.actor)
            let list = try await world.product.endpoints.list(for: world.actor)
            let shown = String(decoding: JSONCodec.encode(list), as: UTF8.self)
            #expect(!shown.contains("whsec") && !shown.contains("secret\":\""))
            // What is in every column of every table, as a dump would have it.
            let key = try #require(Base64.decode(secret.dropFirst("whsec_".count)))
            let texts = [secret, String(secret.dropFirst("whsec_".count)), key.map { hex($0) }.joined()]
            let tables = try await world.database.query(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for table in tables {
                let name = try table.decode("tablename", as: String.self)
                let rows = try await world.database.query("SELECT t::text AS line FROM \(identifier: name) t")
                for row in rows {
                    let line = try row.decode("line", as: String.self)
                    for text in texts { #expect(!line.contains(text), "\(name)") }
                }
            }
            await receiver.stop()
        }
    }

    private func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }

    @Test func aBoxOfAnotherEndpointCannotBeOpened() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            let (id, _) = try await world.endpoint(receiver.url())
            let (other, _) = try await world.endpoint(receiver.url())
            try await world.database.execute(
                """
                UPDATE webhook_endpoints SET sealed_secret = (SELECT sealed_secret FROM webhook_endpoints WHERE id = \(other))
                WHERE id = \(id)
                """)
            await #expect(throws: InvalidDefinition.self) {
                _ = try await world.product.steering.test(id, by: world.actor)
            }
            #expect(receiver.messages.isEmpty)
            await receiver.stop()
        }
    }
}
