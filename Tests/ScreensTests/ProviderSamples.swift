import FoundationEssentials
import Screens
import Terminal
import WireAPI

/// Made-up providers and models, the same in every run.
extension Samples {
    static let proxies = OperatorProxies(known: 2, answering: 2, complaint: nil, askedAt: now)

    static func health(_ condition: OperatorHealth.Condition, _ score: Int, _ sentence: String) -> OperatorHealth {
        OperatorHealth(condition: condition, score: score, sentence: sentence)
    }

    /// The calls of the last five minutes, and an hour that led there.
    static func figures(
        calls: Int, failures: [(String, Int)] = [], p50: Double?, p95: Double?, cost: Int64, rising: Bool = false
    ) -> OperatorCallFigures {
        func wave(_ minute: Int) -> Double {
            let swing = Double(minute * 37 % 11) / 20 + 0.6
            return rising ? swing * Double(minute + 10) / 60 : swing
        }
        let failed = failures.reduce(0) { $0 + $1.1 }
        let minutes = Array(0..<60)
        return OperatorCallFigures(
            recent: OperatorCallSums(
                minutes: 5, calls: calls, failures: failures.map { OperatorFailureCount(code: $0.0, count: $0.1) },
                abandoned: calls / 90, promptTokens: calls * 1204, completionTokens: calls * 87,
                costNanodollars: cost * 5,
                firstByte: OperatorLatency(p50Ms: p50, p95Ms: p95, p99Ms: p95.map { $0 * 1.6 }),
                whole: OperatorLatency(p50Ms: p50.map { $0 * 2 }, p95Ms: p95.map { $0 * 2 }, p99Ms: p95.map { $0 * 3 })),
            hour: OperatorMinuteSeries(
                from: now.addingTimeInterval(-3600), calls: minutes.map { Int(Double(calls) / 5 * wave($0)) },
                failed: minutes.map { failed > 0 && $0 > 40 ? Int(Double(failed) / 5 * wave($0)) : 0 },
                tokens: minutes.map { Int(Double(calls) * 258 * wave($0)) },
                costNanodollars: minutes.map { Int64(Double(cost) * wave($0)) },
                firstByteP50Ms: minutes.map { minute in
                    minute == 20 ? nil : p50.map { Int($0 * wave(minute)) }
                },
                firstByteP95Ms: minutes.map { minute in
                    minute == 20 ? nil : p95.map { Int($0 * wave(minute)) }
                }))
    }

    static func provider(
        _ number: Int, _ name: String, _ kind: String, _ health: OperatorHealth?,
        figures: OperatorCallFigures? = nil, holder: OperatorHolder = .installation, isEditable: Bool = true,
        url: String? = nil, isEnabled: Bool = true, running: Int? = nil, open: Int = 0, drain: OperatorDrain? = nil,
        drained: Int = 0, models: Int = 3, keys: Int = 1
    ) -> OperatorProvider {
        OperatorProvider(
            id: uuid(0x7000 + number), name: name, kind: kind, holder: holder, isEditable: isEditable, url: url,
            settings: OperatorProviderSettings(apiVersion: kind == "azure_openai" ? "2024-10-21" : nil),
            isEnabled: isEnabled,
            revision: 3, createdAt: now.addingTimeInterval(-86_400 * Double(20 + number)), modelCount: models,
            keyCount: keys, health: health, openBreakers: open, running: running, figures: figures, drain: drain,
            drainedModels: drained)
    }

    static let unhealthySentence =
        "31 of 100 points: 40 for 9.8% of the calls failed (rate limited 141, timed out 21), 20 because the breaker of gpt-x-mini is open, 9 because answers begin after 11.2 s."

    static let azure = provider(
        1, "azure-gpt", "azure_openai", health(.unhealthy, 31, unhealthySentence),
        figures: figures(
            calls: 1712, failures: [("rate_limited", 141), ("timeout", 21), ("provider_error", 5)], p50: 4010,
            p95: 11_200,
            cost: 65_000_000, rising: true), url: "https://acme-swe.openai.azure.com", running: 40, open: 1, models: 2,
        keys: 3)
    static let openai = provider(
        2, "openai", "openai", health(.healthy, 98, "98 of 100 points: 2 for 0.4% of the calls failed."),
        figures: figures(
            calls: 4410, failures: [("rate_limited", 12), ("timeout", 6)], p50: 1010, p95: 2830, cost: 36_600_000),
        running: 52, models: 6, keys: 2)
    static let drainedProvider = provider(
        4, "self-host-a", "vllm", health(.healthy, 100, "100 of 100 points: nothing is wrong."),
        figures: figures(calls: 0, p50: nil, p95: nil, cost: 0), holder: .organization, url: "http://gpu1:8000/v1",
        running: 2, drain: OperatorDrain(reason: "new driver", by: ada, since: now.addingTimeInterval(-1500)),
        models: 1,
        keys: 0)

    static let providers = OperatorProviderList(
        results: [
            openai, azure,
            provider(
                3, "anthropic", "anthropic",
                health(.degraded, 74, "74 of 100 points: 26 because 95 of 100 answers begin after 6.1 s."),
                figures: figures(calls: 2204, failures: [("refused", 9)], p50: 1240, p95: 6100, cost: 101_000_000),
                running: 31, drained: 1, models: 4),
            drainedProvider,
            provider(
                5, "groq", "groq", health(.unknown, 0, "Nobody has asked it lately."), isEditable: false, models: 2),
            provider(
                6, "the-old-one-that-nobody-took-away", "openai_compatible", nil,
                figures: figures(calls: 0, p50: nil, p95: nil, cost: 0), url: "http://old.example.com",
                isEnabled: false,
                running: 0, models: 0, keys: 1),
        ], proxies: proxies,
        kinds: [
            OperatorProviderKind(
                name: "openai", usualURL: "https://api.openai.com/v1", neededSettings: [], isFree: false),
            OperatorProviderKind(name: "azure_openai", usualURL: nil, neededSettings: [], isFree: false),
            OperatorProviderKind(name: "bedrock", usualURL: nil, neededSettings: ["region"], isFree: false),
            OperatorProviderKind(name: "vllm", usualURL: nil, neededSettings: [], isFree: true),
        ], runsInstallation: true)

    static let azureDetail = OperatorProviderDetail(
        provider: azure,
        deployments: [
            OperatorDeployment(
                upstreamModel: "gpt-x-mini", models: ["gpt-x-mini", "judge-default"],
                health: health(
                    .unhealthy, 31, "31 of 100 points: 40 for 31% of the calls failed, 29 because the breaker is open."),
                replicas: [
                    .init(
                        proxy: "10.0.0.4:8082", health: health(.unhealthy, 31, "the breaker is open"), breaker: .open,
                        breakerPauseMs: 17_400, running: 3),
                    .init(
                        proxy: "10.0.0.5:8082", health: health(.degraded, 60, "half open"), breaker: .halfOpen,
                        breakerPauseMs: nil, running: 1),
                ], drain: nil,
                lastFailure: .init(
                    code: "rate_limited", message: "Rate limit is exceeded. Try again in 8 seconds.",
                    providerStatus: 429,
                    at: now.addingTimeInterval(-4)),
                lastProbe: .init(
                    isAnswered: false, reason: "the server answered 429", durationMs: 203,
                    at: now.addingTimeInterval(-10)),
                figures: figures(
                    calls: 520, failures: [("rate_limited", 139), ("timeout", 21)], p50: 8010, p95: 14_200,
                    cost: 46_000_000, rising: true)),
            OperatorDeployment(
                upstreamModel: "gpt-x", models: ["gpt-x"],
                health: health(.healthy, 99, "99 of 100 points: 1 for 0.2% of the calls failed."),
                replicas: [
                    .init(
                        proxy: "10.0.0.4:8082", health: health(.healthy, 99, "well"), breaker: .closed,
                        breakerPauseMs: nil, running: 36)
                ], drain: OperatorDrain(reason: "", by: grace, since: now.addingTimeInterval(-90)), lastFailure: nil,
                lastProbe: .init(isAnswered: true, reason: nil, durationMs: 312, at: now.addingTimeInterval(-31)),
                figures: figures(calls: 1192, failures: [("rate_limited", 2)], p50: 1300, p95: 3900, cost: 18_000_000)),
        ],
        keys: [
            key(1, "2026-11", .active, load: 1.0, cools: 8_000, reason: "throttled"),
            key(2, "2026-12", .active, load: 0.41), key(3, "2026-05", .draining, load: 0),
            key(4, "leaked", .revoked, load: nil),
        ],
        limits: [
            OperatorCallLimit(
                id: uuid(0x7300), subject: .init(), set: OperatorLimits(requestsPerMinute: 600, concurrency: 40),
                learned: OperatorLimits(requestsPerMinute: 500, tokensPerMinute: 450_000), running: 40, waiting: 7,
                blockedMs: 7_600),
            OperatorCallLimit(
                id: nil, subject: .init(upstreamModel: "gpt-x-mini"), set: OperatorLimits(),
                learned: OperatorLimits(tokensPerMinute: 100_000), running: 4, waiting: 0, blockedMs: nil),
            OperatorCallLimit(
                id: uuid(0x7301), subject: .init(keyID: uuid(0x7201)), set: OperatorLimits(tokensPerMinute: 90_000),
                learned: OperatorLimits(), running: 20, waiting: 0, blockedMs: nil),
        ], proxies: proxies)

    static func key(
        _ number: Int, _ name: String, _ state: OperatorProviderKey.State, load: Double?, cools: Int? = nil,
        reason: String? = nil
    ) -> OperatorProviderKey {
        OperatorProviderKey(
            id: uuid(0x7200 + number), name: name, state: state, weight: number,
            createdAt: now.addingTimeInterval(-86_400 * Double(number * 9)), load: load, coolsMs: cools, reason: reason)
    }

    static let providerHistory = OperatorProviderHistory(
        window: .day, from: now.addingTimeInterval(-86_400), to: now, bucketSeconds: 900,
        buckets: (0..<96).map { index in
            let isBad = (60..<72).contains(index)
            let calls = 200 + index * 37 % 90
            return .init(
                start: now.addingTimeInterval(Double(index - 96) * 900),
                health: index == 10 ? nil : health(isBad ? .unhealthy : .healthy, isBad ? 35 + index % 5 : 96, "sum"),
                sums: OperatorCallSums(
                    minutes: 15, calls: calls,
                    failures: isBad ? [OperatorFailureCount(code: "timeout", count: calls / 5)] : [], abandoned: 0,
                    promptTokens: calls * 1000, completionTokens: calls * 80, costNanodollars: Int64(calls) * 900_000,
                    firstByte: OperatorLatency(
                        p50Ms: isBad ? 4000 : 1100, p95Ms: isBad ? 12_000 : 2900, p99Ms: isBad ? 20_000 : 4000),
                    whole: OperatorLatency(p50Ms: 2000, p95Ms: 5000, p99Ms: 8000)))
        }, hasFigures: true)

    static let providerEffects = OperatorProviderEffects(
        modelsLost: ["gpt-x"], modelsNarrowed: ["gpt-x-mini", "judge-default"], evaluatorCount: 12, keyCount: 3,
        limitCount: 2, callsLastHour: 20_544)

    // MARK: Models

    static let tariff = OperatorTariff(
        input: 2_500_000_000, output: 10_000_000_000, cachedInput: 1_250_000_000, request: 0)

    static func place(
        _ provider: OperatorProvider?, _ upstream: String, weight: Int = 1, isInService: Bool = true,
        tariff: OperatorTariff? = tariff, url: String? = nil, kind: String = "openai"
    ) -> OperatorModelPlace {
        OperatorModelPlace(
            providerID: provider?.id, providerName: provider?.name, kind: provider?.kind ?? kind, url: url,
            upstreamModel: upstream, weight: weight, isInService: isInService,
            health: provider == nil ? health(.healthy, 97, "97 of 100 points.") : provider?.health, tariff: tariff)
    }

    static func model(
        _ number: Int, _ name: String, _ places: [OperatorModelPlace], choice: OperatorPlaceChoice = .ordered,
        fallbacks: [String] = [], isUnpricedAllowed: Bool = false, cache: Int? = nil,
        abilities: OperatorAbilities? = nil,
        isEditable: Bool = true
    ) -> OperatorModel {
        OperatorModel(
            id: uuid(0x7800 + number), name: name, aliases: number == 0 ? ["default", "judge"] : [],
            holder: number % 2 == 0 ? .organization : .installation, isEditable: isEditable, isListed: true,
            revision: 5,
            owner: ada, createdAt: now.addingTimeInterval(-86_400 * 40), places: places, choice: choice,
            fallbacks: fallbacks, isUnpricedAllowed: isUnpricedAllowed, cacheSeconds: cache,
            maximumOutputTokens: 16_384,
            maximumTokens: number == 0 ? 128_000 : nil, hasKey: false, abilities: abilities, drain: nil)
    }

    static let abilities = OperatorAbilities(
        kind: "vllm", contextLength: 32_768,
        findings: [
            .init(ability: "chat", answer: .yes, evidence: "It answered a short question."),
            .init(
                ability: "schema_output", answer: .yes, evidence: "It kept to a JSON schema in three of three answers."),
            .init(
                ability: "tools", answer: .no,
                evidence: "It answered a request with tools by 400: tool choice needs a parser."),
            .init(ability: "logprobs", answer: .unknown, evidence: "It took the parameter and answered none."),
        ], foundAt: now.addingTimeInterval(-86_400 * 2))

    static let weightedModel = model(
        0, "gpt-x-mini", [place(azure, "gpt-x-mini", weight: 3), place(openai, "gpt-x-mini-2026", weight: 1)],
        choice: .weighted, fallbacks: ["claude-y", "local-8b"], cache: 3600)
    static let hostedModel = model(
        2, "local-8b",
        [place(nil, "llama-8b", tariff: OperatorTariff(input: 0, output: 0), url: "http://gpu1:8000/v1", kind: "vllm")],
        abilities: abilities)

    static let modelList = OperatorModelList(
        results: [
            weightedModel, hostedModel,
            model(1, "gpt-x", [place(azure, "gpt-x", isInService: false)]),
            model(3, "claude-y", [place(providers.results[2], "claude-y-2026", tariff: nil)]),
            model(
                5, "embed-small", [place(openai, "embed-small", tariff: nil)], isUnpricedAllowed: true,
                isEditable: false),
        ], proxies: proxies, runsInstallation: true)

    static let modelEffects = OperatorModelEffects(
        evaluatorCount: 7, judgeCount: 2, evaluatorNames: ["Faithfulness", "Toxicity", "Politeness"],
        fallbackOf: ["gpt-x"])

    static let testResult = OperatorTestResult(
        isAnswered: true, sentence: "openai answered in 1.2 s.", provider: "openai", upstreamModel: "gpt-x-mini-2026",
        text: "Yes, I am here.", durationMs: 1_204, promptTokens: 14, completionTokens: 6, costNanodollars: 95_000,
        code: nil, providerStatus: nil, providerMessage: nil)
    static let failedTest = OperatorTestResult(
        isAnswered: false, sentence: "azure-gpt refused the call: too many requests; it may be asked again in 8 s.",
        provider: "azure-gpt", upstreamModel: "gpt-x-mini", text: nil, durationMs: 203, promptTokens: nil,
        completionTokens: nil, costNanodollars: nil, code: "rate_limited", providerStatus: 429,
        providerMessage: "Rate limit is exceeded. Try again in 8 seconds.")
    static let probe = OperatorServerProbe(
        id: uuid(0x7900), url: "http://gpu2:8000/v1", models: ["llama-70b", "llama-8b"], model: "llama-70b",
        abilities: abilities, durationMs: 840)
}

/// The room of providers.
extension Story {
    static func providers(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        session: OperatorSession = Samples.session
    ) -> Story {
        var story = Story.entering(.providers, size, charset: charset, session: session)
        story.answer(OperatorProvider.path, Samples.providers)
        return story
    }

    static let azurePath = "\(OperatorProvider.path)/\(Samples.azure.id.uuidString.lowercased())"

    /// The provider that does worst is open, on a tab.
    static func provider(
        _ size: Size = Size(columns: 80, rows: 24), tab: Int = 0, charset: Charset = .unicode
    ) -> Story {
        var story = Story.providers(size, charset: charset)
        story.press(Key(.enter))
        story.answer(azurePath, Samples.azureDetail)
        for _ in 0..<tab { story.press(Key(.tab)) }
        return story
    }

    static func models(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.providers(size, charset: charset)
        story.press(Key(.tab))
        story.answer(OperatorModel.path, Samples.modelList)
        return story
    }
}
