import FoundationEssentials
import JSON
import Scoring

extension StoredJSON {
    private enum AbilityName {
        static let contextLength = "context_length"
        static let foundAt = "found_at"
        static let findings = "findings"
        static let ability = "ability"
        static let answer = "answer"
        static let evidence = "evidence"
    }

    static func text(of abilities: ModelAbilities) -> String {
        var object: JSONObject = [:]
        if let length = abilities.contextLength { object[AbilityName.contextLength] = .integer(Int64(length)) }
        object[AbilityName.foundAt] = .number(abilities.foundAt.timeIntervalSince1970)
        object[AbilityName.findings] = .array(
            abilities.findings.map { finding in
                var object: JSONObject = [:]
                object[AbilityName.ability] = .string(finding.ability)
                object[AbilityName.answer] = .string(finding.answer.rawValue)
                object[AbilityName.evidence] = .string(finding.evidence)
                return .object(object)
            })
        return String(decoding: JSONWriter.bytes(of: .object(object)), as: UTF8.self)
    }

    static func abilities(from text: String?) throws -> ModelAbilities? {
        guard let text else { return nil }
        let value = try JSONParser.parse(text)
        let findings = (value[AbilityName.findings]?.arrayValue ?? []).compactMap { finding in
            finding[AbilityName.ability]?.stringValue.map { ability in
                ModelAbilities.Finding(
                    ability: ability,
                    answer: finding[AbilityName.answer]?.stringValue.flatMap(ModelAbilities.Answer.init) ?? .unknown,
                    evidence: finding[AbilityName.evidence]?.stringValue ?? "")
            }
        }
        return ModelAbilities(
            contextLength: value[AbilityName.contextLength]?.integerValue.map { Int($0) }, findings: findings,
            foundAt: Date(timeIntervalSince1970: value[AbilityName.foundAt]?.doubleValue ?? 0))
    }
}
