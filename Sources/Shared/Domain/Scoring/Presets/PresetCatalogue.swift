package import FoundationEssentials
package import Tenancy

/// All built-in evaluators and who owns them. They belong to an organisation of their own in which nobody can sign in.
package enum PresetCatalogue {
    /// The evaluators in the order of lists, which show the newest first. The first is a plain one of request and
    /// response: clients try out the first they find.
    package static let evaluators: [PresetEvaluator] =
        PresetCatalogue.answering + PresetCatalogue.grounding + PresetCatalogue.language + PresetCatalogue.conduct
        + PresetCatalogue.agency + PresetCatalogue.code + PresetCatalogue.superseded

    package static let organizationID = OrganizationID(
        uuid: UUID(high: 0x5c07ab1e_0000_8000, low: 0x8000_000000000001))
    package static let projectID = ProjectID(uuid: UUID(high: 0x5c07ab1e_0000_8000, low: 0x8000_000000000002))
    package static let owner = UserReference(
        id: UserID(uuid: UUID(high: 0x5c07ab1e_0000_8000, low: 0x8000_000000000003)),
        // The top-level domain is reserved: no mail ever arrives anywhere.
        email: "presets@scorable.invalid", fullName: "Scorable")
    package static let organizationName = "Scorable"

    /// The time of creation of the evaluator at that place of ``evaluators``: one second before its predecessor's, so
    /// that lists by time have the order of the catalogue.
    package static func creationDate(at place: Int) -> Date {
        Date(timeIntervalSince1970: 1_735_689_600 - Double(place))  // 2025-01-01
    }
}
