package import FoundationEssentials

/// What models of a provider cost from some day on, an element of `GET /internal/prices`.
package struct OperatorPrice: Codable, Sendable, Hashable {
    /// Where prices are; one is at `path/ID`.
    package static let path = "/internal/prices"

    package let id: UUID
    package let holder: OperatorHolder
    /// Whether the viewer's organisation may change it.
    package let isEditable: Bool
    /// What a change has to name, so that nobody changes what somebody else has changed meanwhile.
    package let revision: Int
    /// The provider by its name or its kind; `*` for any.
    package let provider: String
    /// The model by the name it has at its provider, with `*` for any text.
    package let model: String
    /// `nil` for ever since.
    package let validFrom: Date?
    /// The first moment at which it no longer holds; `nil` until further notice.
    package let validUntil: Date?
    package let state: State
    package let tariff: OperatorTariff
    /// The names of the models of the catalogue that it holds for at this moment.
    package let models: [String]

    package init(
        id: UUID, holder: OperatorHolder, isEditable: Bool, revision: Int, provider: String, model: String,
        validFrom: Date?, validUntil: Date?, state: State, tariff: OperatorTariff, models: [String]
    ) {
        self.id = id
        self.holder = holder
        self.isEditable = isEditable
        self.revision = revision
        self.provider = provider
        self.model = model
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.state = state
        self.tariff = tariff
        self.models = models
    }

    /// Whether it holds.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        case past
        case current
        case future
    }
}

/// Prices in nano-dollars (billionths of a US dollar): of tokens for a million of them. What is `nil` takes the price of
/// what contains it.
package struct OperatorTariff: Codable, Sendable, Hashable {
    package let input: Int64
    package let output: Int64
    package let cachedInput: Int64?
    package let cacheWrite: Int64?
    package let longCacheWrite: Int64?
    package let reasoning: Int64?
    package let audioInput: Int64?
    package let audioOutput: Int64?
    /// For each image and each request, beside the tokens.
    package let image: Int64
    package let request: Int64

    package init(
        input: Int64, output: Int64, cachedInput: Int64? = nil, cacheWrite: Int64? = nil,
        longCacheWrite: Int64? = nil, reasoning: Int64? = nil, audioInput: Int64? = nil, audioOutput: Int64? = nil,
        image: Int64 = 0, request: Int64 = 0
    ) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.longCacheWrite = longCacheWrite
        self.reasoning = reasoning
        self.audioInput = audioInput
        self.audioOutput = audioOutput
        self.image = image
        self.request = request
    }
}

/// Every price that concerns the organisation, past and future ones too.
package struct OperatorPriceList: Codable, Sendable, Hashable {
    /// The organisation's own first, then by provider and model, the newest first.
    package let results: [OperatorPrice]
    /// Places of models that nobody has said a price of.
    package let unpriced: [Unpriced]
    /// The kinds of providers that cost nothing unless somebody says otherwise.
    package let freeKinds: [String]
    /// Whether the viewer's organisation runs the installation, so that it may add and change what everybody uses.
    package let runsInstallation: Bool

    package init(results: [OperatorPrice], unpriced: [Unpriced], freeKinds: [String], runsInstallation: Bool) {
        self.results = results
        self.unpriced = unpriced
        self.freeKinds = freeKinds
        self.runsInstallation = runsInstallation
    }

    /// A place of a model without a price.
    package struct Unpriced: Codable, Sendable, Hashable {
        package let model: String
        package let provider: String
        package let upstreamModel: String
        /// Whether it is called nonetheless; its calls are then counted as free.
        package let isAllowed: Bool

        package init(model: String, provider: String, upstreamModel: String, isAllowed: Bool) {
            self.model = model
            self.provider = provider
            self.upstreamModel = upstreamModel
            self.isAllowed = isAllowed
        }
    }
}

/// What a price is to be: `POST /internal/prices`, and `PUT /internal/prices/ID` with the `revision` that the change began
/// from.
package struct OperatorPriceDraft: Codable, Sendable, Hashable {
    package let provider: String
    package let model: String
    /// `nil` for now.
    package let validFrom: Date?
    package let validUntil: Date?
    package let tariff: OperatorTariff
    /// Only when it is added.
    package let holder: OperatorHolder
    package let revision: Int?

    package init(
        provider: String, model: String, validFrom: Date? = nil, validUntil: Date? = nil, tariff: OperatorTariff,
        holder: OperatorHolder = .organization, revision: Int? = nil
    ) {
        self.provider = provider
        self.model = model
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.tariff = tariff
        self.holder = holder
        self.revision = revision
    }
}

/// A price that was stored.
package struct OperatorPriceOutcome: Codable, Sendable, Hashable {
    package let price: OperatorPrice
    /// The price that held until further notice and now ends where the new one begins.
    package let ended: OperatorPrice?

    package init(price: OperatorPrice, ended: OperatorPrice?) {
        self.price = price
        self.ended = ended
    }
}

extension OperatorRequest where Reply == OperatorPriceList {
    /// Every price.
    package static var prices: Self { Self(.get, OperatorPrice.path) }
}

extension OperatorRequest where Reply == OperatorPriceOutcome {
    /// Adds a price. One of the same provider and model that held until further notice ends where this one begins; any
    /// other overlap is refused.
    package static func addPrice(_ draft: OperatorPriceDraft) -> Self { Self(.post, OperatorPrice.path, body: draft) }

    /// Replaces a price.
    package static func changePrice(_ id: UUID, to draft: OperatorPriceDraft) -> Self {
        Self(.put, "\(OperatorPrice.path)/\(id.uuidString.lowercased())", body: draft)
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Deletes a price.
    package static func deletePrice(_ id: UUID, revision: Int) -> Self {
        Self(
            .delete, "\(OperatorPrice.path)/\(id.uuidString.lowercased())", [Parameter("revision", "\(revision)")])
    }
}
