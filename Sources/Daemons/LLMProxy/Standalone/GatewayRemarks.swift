package import FoundationEssentials
internal import Providers
internal import Spending
internal import SystemCalls

extension GatewayFile {
    /// What whoever wrote the file should know of it although it can be used: models whose calls will be refused, and
    /// secrets that everybody can read.
    package func remarks(at moment: Date) -> [String] {
        let book = PriceBook(prices + PriceBook.freeKinds)
        var remarks: [String] = []
        for model in models where !model.terms.isUnpricedAllowed {
            for server in model.servers {
                guard let provider = providers.first(where: { $0.name == server.provider }) else { continue }
                let tariff = book.tariff(
                    for: Gateway.organization, provider: provider.name, kind: provider.provider.kind.rawValue,
                    model: server.model, at: moment)
                guard tariff == nil else { continue }
                remarks.append(
                    "calls of \(model.name) will be refused: no price says what \(server.model) of \(provider.name) "
                        + "costs now, and the model is not unpriced: true")
            }
        }
        return remarks
            + secretFiles.sorted().filter(Self.isReadByEverybody).map {
                "\($0) holds keys and can be read by every user of this machine"
            }
    }

    private static func isReadByEverybody(_ path: String) -> Bool {
        do {
            return try FileFacts(of: path).isReadableByAll
        } catch {
            // Gone meanwhile: there is nothing to read any more.
            return false
        }
    }
}
