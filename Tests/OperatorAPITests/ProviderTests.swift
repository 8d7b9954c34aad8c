import APIClient
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPServing
import HTTPTransfer
import Operations
import Postgres
import PublicAPI
import Records
import Scoring
import Spending
import Stores
import Tenancy
import Testing
import WireAPI

/// Providers, as the console sees and changes them.
@Suite struct ProviderTests {
    /// Adds a provider of the viewer's organisation.
    private func add(
        _ viewer: Viewer, _ name: String = "acme", kind: String = "openai_compatible",
        url: String? = "https://acme.example/v1", key: String? = nil, holder: OperatorHolder = .organization
    ) async throws -> OperatorProvider {
        try await viewer.ask(
            .addProvider(OperatorProviderDraft(kind: kind, name: name, url: url, key: key, holder: holder)))
    }

    @Test func whatTheReplicasKnowIsShownAsOne() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let acme = try await add(viewer)
            #expect(acme.revision == 1 && acme.holder == .organization && acme.isEditable)
            let model = try await viewer.ask(
                .addModel(OperatorModelDraft(name: "gpt", providerID: acme.id, upstreamModel: "gpt-5-mini")))
            server.proxies[0].say([
                .sample(
                    at: acme.id, "acme", "gpt-5-mini", running: 2, calls: 8, bin: 20,
                    minutes: [
                        .init(
                            age: 0, calls: 8, failed: 1, tokens: 88, costNanodollars: 800, firstByteP50Ms: 30,
                            firstByteP95Ms: 40)
                    ])
            ])
            server.proxies[1].say([
                .sample(
                    at: acme.id, "acme", "gpt-5-mini", condition: "unhealthy", score: 5,
                    sentence: "It is not asked for another 4 s because it failed too often.", breaker: "open",
                    running: 1, calls: 2, failures: ["provider_error": 2], bin: 40,
                    minutes: [
                        .init(
                            age: 0, calls: 2, failed: 2, tokens: 22, costNanodollars: 200, firstByteP50Ms: 90,
                            firstByteP95Ms: 95),
                        .init(
                            age: 59, calls: 1, failed: 0, tokens: 1, costNanodollars: 1, firstByteP50Ms: nil,
                            firstByteP95Ms: nil),
                    ])
            ])
            let detail = try await viewer.ask(.provider(acme.id))
            #expect(detail.proxies.known == 2 && detail.proxies.answering == 2 && detail.proxies.complaint == nil)
            #expect(
                detail.provider.modelCount == 1 && detail.provider.running == 3 && detail.provider.openBreakers == 1)
            #expect(detail.provider.health?.condition == .unhealthy)
            let deployment = try #require(detail.deployments.first)
            #expect(detail.deployments.count == 1 && deployment.models == [model.name])
            #expect(
                deployment.health?.sentence
                    == "1 of 2 proxies is unhealthy; \(server.proxies[1].url): It is not asked for another 4 s because "
                    + "it failed too often.")
            #expect(deployment.replicas.map(\.breaker) == [.closed, .open])
            #expect(deployment.replicas.last?.breakerPauseMs == 4000)
            #expect(deployment.lastFailure?.providerStatus == 500 && deployment.lastProbe?.isAnswered == true)
            let figures = try #require(deployment.figures)
            #expect(figures.recent.calls == 10 && figures.recent.failed == 2 && figures.recent.costNanodollars == 1000)
            // Eight of ten are in the lower bin.
            #expect((figures.recent.firstByte.p50Ms ?? 0) < 40 && (figures.recent.firstByte.p95Ms ?? 0) > 800)
            #expect(figures.hour.calls.count == 60 && figures.hour.calls.last == 10 && figures.hour.calls.first == 1)
            #expect(figures.hour.failed.last == 3 && figures.hour.firstByteP50Ms.last == 90)
            let row = try await viewer.ask(.providers).results.first { $0.id == acme.id }
            #expect(row?.figures?.recent == figures.recent && row?.health == detail.provider.health)
            let listed = try await viewer.ask(.model(model.id))
            #expect(listed.places.first?.health?.condition == .unhealthy && listed.places.first?.isInService == true)
        }
    }

    @Test func keysGoInSealedAndNeverComeOut() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let acme = try await add(viewer, key: "sk-first-secret")
            #expect(acme.keyCount == 1)
            let first = try #require(try await viewer.ask(.provider(acme.id)).keys.first)
            #expect(first.state == .active)
            let second = try await viewer.ask(
                .addKey(
                    OperatorProviderKeyDraft(name: "second", key: "sk-second-secret", weight: 3, replaces: first.id),
                    to: acme.id))
            server.proxies[0].say(keys: [
                .init(
                    id: second.id, name: "second", state: "active", weight: 3, load: 0.5, coolsMs: 900,
                    reason: "throttled")
            ])
            let shown = try await viewer.ask(.provider(acme.id)).keys
            #expect(shown.map(\.state) == [.draining, .active], "replaced in the same moment")
            #expect(shown.last?.reason == "throttled" && shown.last?.coolsMs == 900 && shown.last?.weight == 3)
            let stored = try await ProviderKeyStore(database: server.database).sealedKeys(of: [
                ProviderID(uuid: acme.id)
            ])
            let opened = try stored.map {
                String(
                    decoding: try SealedBox.open($0.box, with: server.proxyKeys, purpose: Provider.keyPurpose),
                    as: UTF8.self)
            }
            #expect(opened == ["sk-first-secret", "sk-second-secret"])
            #expect(try await viewer.ask(.setKey(first.id, of: acme.id, to: .revoked)).state == .revoked)
            let again = try await viewer.refusal(.setKey(first.id, of: acme.id, to: .active))
            #expect(again?.status == 400 && again?.detail.contains("revoked") == true)
            _ = try await viewer.ask(.deleteKey(first.id, of: acme.id))
            #expect(try await viewer.ask(.provider(acme.id)).keys.map(\.id) == [second.id])
            #expect(try await viewer.refusal(.deleteKey(first.id, of: acme.id))?.status == 404)
            // Its keys were given for one server and are told to no other.
            let draft = OperatorProviderDraft(
                kind: "openai_compatible", name: "acme", url: "https://elsewhere.example/v1", revision: 1)
            let moved = try await viewer.refusal(.changeProvider(acme.id, to: draft))
            #expect(moved?.status == 400 && moved?.detail.contains("another server") == true)
        }
    }

    @Test func aProviderIsChangedFromTheRevisionThatWasSeen() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let acme = try await add(viewer)
            let draft = OperatorProviderDraft(
                kind: "openai_compatible", name: "umbrella", url: "https://acme.example/v2", isEnabled: false,
                revision: 1)
            let changed = try await viewer.ask(.changeProvider(acme.id, to: draft))
            #expect(changed.name == "umbrella" && !changed.isEnabled && changed.revision == 2)
            let late = try await viewer.refusal(.changeProvider(acme.id, to: draft))
            #expect(late?.status == 409 && late?.detail.contains("Somebody else has changed this provider") == true)
            #expect(try await viewer.refusal(.deleteProvider(acme.id, revision: 1))?.status == 409)
            _ = try await viewer.ask(.deleteProvider(acme.id, revision: 2))
            #expect(try await viewer.refusal(.provider(acme.id))?.status == 404)
        }
    }

    @Test func whatIsWrongWithAProviderIsSaidFieldByField() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            for (kind, url, region, words) in [
                ("smtp", "https://acme.example", "", "kind: Choose one of: openai"),
                ("vllm", "", "", "url: A provider of this kind needs an address"),
                ("vllm", "ftp://acme.example", "", "url: Enter a URL that begins with"),
                ("vllm", "https://", "", "names a host"),
                ("vllm", "https://user:secret@acme.example", "", "A key or password does not belong"),
                ("bedrock", "", "", "region: A provider of this kind needs this setting"),
                ("bedrock", "", "evil.example/#", "region: Only letters"),
            ] {
                let draft = OperatorProviderDraft(
                    kind: kind, name: "acme", url: url, settings: OperatorProviderSettings(region: region))
                let refusal = try await viewer.refusal(.addProvider(draft))
                #expect(
                    refusal?.status == 400 && refusal?.detail.contains(words) == true, "\(String(describing: refusal))")
            }
            _ = try await add(viewer)
            let taken = try await viewer.refusal(
                .addProvider(OperatorProviderDraft(kind: "vllm", name: "acme", url: "http://gpu:8000/v1")))
            #expect(taken?.status == 400 && taken?.detail.contains("taken") == true)
            #expect(try await viewer.ask(.providers).kinds.first { $0.name == "bedrock" }?.neededSettings == ["region"])
        }
    }

    @Test func strangersAndThoseWithoutTheRightAreRefused() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (viewer, engineer) = (try await tenant.viewer(.operator), try await tenant.viewer(.engineer))
            let stranger = try await server.tenant().viewer(.owner)
            let acme = try await add(viewer)
            #expect(try await engineer.refusal(.providers)?.status == 403)
            #expect(try await tenant.viewer(.viewer).refusal(.prices)?.status == 403)
            #expect(try await engineer.ask(.prices).results.isEmpty)
            #expect(try await engineer.ask(.budgets).results.isEmpty)
            #expect(try await !stranger.ask(.providers).results.contains { $0.id == acme.id })
            #expect(try await stranger.refusal(.provider(acme.id))?.status == 404)
            #expect(try await stranger.refusal(.providerHistory(acme.id, .day))?.status == 404)
            #expect(try await stranger.refusal(.deleteProvider(acme.id, revision: 1))?.status == 404)
            #expect(
                try await stranger.refusal(.drain(OperatorDrainWish(providerID: acme.id, isDrained: true)))?.status
                    == 404)
            #expect(
                try await engineer.refusal(.drain(OperatorDrainWish(providerID: acme.id, isDrained: true)))?.status
                    == 403)
            let key = OperatorProviderKeyDraft(name: "k", key: "sk-x")
            #expect(try await stranger.refusal(.addKey(key, to: acme.id))?.status == 404)
            let limits = OperatorCallLimitDraft(subject: .init(), limits: OperatorLimits(concurrency: 1))
            #expect(try await stranger.refusal(.setLimits(limits, of: acme.id))?.status == 404)
        }
    }

    @Test func whatIsEverybodysIsChangedByThoseWhoRunTheInstallation() async throws {
        try await OperatorServer.run { server in
            let (host, guest) = (try await server.tenant(), try await server.tenant())
            try await server.database.execute(
                "UPDATE organizations SET runs_installation = true WHERE id = \(host.organization)")
            let (running, using) = (try await host.viewer(.operator), try await guest.viewer(.operator))
            let name = "shared \(server.identifiers.uuid())"
            let refused = try await using.refusal(
                .addProvider(
                    OperatorProviderDraft(kind: "vllm", name: name, url: "http://gpu:8000", holder: .installation)))
            #expect(refused?.status == 403)
            let shared = try await add(running, name, holder: .installation)
            server.proxies[0].say([.sample(at: shared.id, name, "m", running: 4, calls: 3)])
            let seen = try #require(try await using.ask(.providers).results.first { $0.id == shared.id })
            #expect(seen.holder == .installation && !seen.isEditable && seen.health?.condition == .healthy)
            #expect(seen.figures == nil && seen.running == nil, "how much others call is none of the guest's business")
            let own = try await running.ask(.provider(shared.id))
            #expect(own.provider.figures?.recent.calls == 3 && own.provider.running == 4)
            #expect(try await using.refusal(.deleteProvider(shared.id, revision: 1))?.status == 403)
            _ = try await running.ask(.deleteProvider(shared.id, revision: 1))
        }
    }

    @Test func drainingTakesOutOfServiceWithAReasonAndIsTold() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let acme = try await add(viewer)
            let model = try await viewer.ask(
                .addModel(OperatorModelDraft(name: "gpt", providerID: acme.id, upstreamModel: "m")))
            let feed = try await viewer.client.events(after: nil, token: viewer.token)
            _ = try await viewer.ask(
                .drain(OperatorDrainWish(providerID: acme.id, upstreamModel: "m", isDrained: true, reason: "slow")))
            let told = try await feed.first { event in
                guard case .catalogueChanged(let change) = event else { return false }
                return change.subject.id == acme.id.uuidString.lowercased()
            }
            guard case .catalogueChanged(let change) = told else { return }
            #expect(change.subject.kind == .provider && change.action == .updated)
            let detail = try await viewer.ask(.provider(acme.id))
            #expect(detail.deployments.first?.drain?.reason == "slow" && detail.provider.drainedModels == 1)
            #expect(detail.deployments.first?.drain?.by?.id == viewer.user.id.uuid && detail.provider.drain == nil)
            #expect(try await viewer.ask(.model(model.id)).places.map(\.isInService) == [false])
            _ = try await viewer.ask(.drain(OperatorDrainWish(providerID: acme.id, isDrained: true)))
            #expect(try await viewer.ask(.provider(acme.id)).provider.drain != nil)
            for upstream in ["m", nil] {
                _ = try await viewer.ask(
                    .drain(OperatorDrainWish(providerID: acme.id, upstreamModel: upstream, isDrained: false)))
            }
            #expect(try await viewer.ask(.model(model.id)).places.map(\.isInService) == [true])
            let neither = try await viewer.refusal(.drain(OperatorDrainWish(providerID: nil, isDrained: true)))
            #expect(neither?.status == 400)
            let served = try await viewer.refusal(
                .drain(OperatorDrainWish(providerID: nil, modelID: model.id, isDrained: true)))
            #expect(served?.status == 400 && served?.detail.contains("drain it there") == true)
        }
    }

    @Test func limitsAreShownAsSetAndAsLearned() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let acme = try await add(viewer)
            let place = "model:\(acme.id.uuidString.lowercased()):m"
            let none = ProxyLimitReport.Limits(requestsPerMinute: nil, tokensPerMinute: nil, concurrency: nil)
            for (proxy, learned) in zip(server.proxies, [600, 500]) {
                proxy.say(
                    [.sample(at: acme.id, "acme", "m")],
                    places: [
                        .init(
                            name: place, limits: none,
                            learned: .init(requestsPerMinute: learned, tokensPerMinute: nil, concurrency: nil),
                            running: 3, waiting: 1, blockedMs: learned == 500 ? 700 : nil, replicas: 2)
                    ])
            }
            _ = try await viewer.ask(
                .setLimits(
                    OperatorCallLimitDraft(subject: .init(), limits: OperatorLimits(concurrency: 20)), of: acme.id))
            let shown = try await viewer.ask(.provider(acme.id)).limits
            #expect(shown.map(\.set.concurrency) == [20, nil])
            let model = try #require(shown.last)
            #expect(model.subject.upstreamModel == "m" && model.learned.requestsPerMinute == 500)
            #expect(model.running == 6 && model.waiting == 2 && model.blockedMs == 700)
            _ = try await viewer.ask(.setLimits(OperatorCallLimitDraft(subject: .init(), limits: .init()), of: acme.id))
            #expect(try await viewer.ask(.provider(acme.id)).limits.map(\.subject.upstreamModel) == ["m"])
            let wrong = try await viewer.refusal(
                .setLimits(
                    OperatorCallLimitDraft(subject: .init(keyID: UUID()), limits: OperatorLimits(concurrency: 0)),
                    of: acme.id))
            #expect(wrong?.status == 400)
        }
    }

    @Test func aMonthOfHealthHasNoGaps() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let acme = try await add(viewer)
            var sums = DeploymentSums()
            sums.calls = 7
            // Two days ago, so that a day does not reach it, whatever the hour.
            let moment = DeploymentSpan.start(of: Date().addingTimeInterval(-2 * 86_400))
            try await DeploymentSpanStore(database: server.database).write(
                [
                    DeploymentSpan(
                        place: acme.id, upstreamModel: "m", start: moment, sums: sums,
                        worst: WorstHealth(score: 35, sentence: "It was down."))
                ], of: UUID())
            for window in OperatorProviderHistory.Window.allCases {
                let history = try await viewer.ask(.providerHistory(acme.id, window))
                let count = Int(window.duration.components.seconds / window.bucket.components.seconds)
                #expect(history.buckets.count == count && history.hasFigures)
                let known = history.buckets.filter { $0.health != nil }
                #expect(known.count == (window == .sixHours || window == .day ? 0 : 1))
                guard !known.isEmpty else { continue }
                #expect(known.first?.health?.condition == .unhealthy && known.first?.sums.calls == 7)
                #expect(known.first?.health?.sentence == "It was down.")
            }
            let other = try await viewer.ask(.providerHistory(acme.id, .week, upstreamModel: "other"))
            #expect(other.buckets.allSatisfy { $0.health == nil && $0.sums.calls == 0 })
        }
    }

    @Test func aProxyThatIsAwayIsNamedAndListsGoOn() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let client = LLMProxyClient(client: server.http, addresses: ["http://127.0.0.1:9"], serviceToken: "token")
            let probes = ServerProbes(
                client: client, database: server.database, redis: server.redis, identifiers: server.identifiers)
            let operations = ProviderOperations(
                database: server.database, redis: server.redis, client: client, probes: probes,
                identifiers: server.identifiers, changes: server.product.changes, settingsPrices: [],
                logger: OperatorServer.logger)
            let principal = tenant.principal(.operator)
            let id = try await operations.changes.add(
                OperatorProviderDraft(kind: "vllm", name: "gpu", url: "http://gpu:8000"), for: principal)
            let list = try await operations.catalogue.list(for: principal)
            let gpu = try #require(list.results.first { $0.id == id.uuid })
            #expect(gpu.health == nil && list.proxies.answering == 0)
            #expect(list.proxies.complaint?.contains("scorable-llmproxyd") == true)
            let draft = OperatorModelDraft(name: "m", url: "http://vllm:8000/v1")
            let found = try await operations.modelChanges.look(draft, for: principal)
            let model = try await operations.modelChanges.add(draft, finding: found, for: principal)
            #expect(try await operations.models.find(model, for: principal).abilities == nil, "added all the same")
            await #expect {
                _ = try await operations.trials.ask(model, OperatorTestCall(), for: principal)
            } throws: { error in
                let problem = ClientProblems.mapping(error)
                return problem?.status == 503 && problem?.detail.contains("scorable-llmproxyd") == true
            }
        }
    }
}
