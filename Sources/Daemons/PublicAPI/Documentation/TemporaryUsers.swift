internal import HTTPMessages
internal import JSON
package import OpenAPI
package import WireAPI

extension PublicDescription {
    /// People without an account: those who try the product, and those who are shown something.
    static let temporaryUsers = OperationGroup(
        "TemporaryUsers",
        "Trying the product without an account, where the server allows it, and judges that pass into other hands.",
        [
            Operation(.post, "/v1/create-demo-user/", "create_demo_user", "Makes a temporary user")
                .saying(
                    "The key works for a while and within a budget; what it makes is seen by nobody else and is deleted "
                        + "afterwards. A server that makes none answers 403."
                )
                .answering(201, TemporaryUserBody.self, "The key, which is shown once.").failing(403).forEverybody,
            Operation(.post, "/v1/judges/claim/", "judges_claim_create", "Takes over a judge of a temporary user")
                .saying(
                    "It keeps its identifier and its versions, and the evaluators that were made for it come along, as copies "
                        + "where another judge has them too; what was executed stays behind."
                )
                .taking(JudgeClaimRequest.self).answering(200, JudgeBody.self, "The judge, which is yours now.")
                .failing(403, 404).showing(["claim_token": exampleID]),
            Operation(.post, "/v1/judges/{id}/invite/", "judges_invite_create", "Makes links that show a judge")
                .saying("No mail is sent: pass each link on. It shows the judge for 30 days, and lets nobody use it.")
                .taking(JudgeInviteRequest.self).answering(200, JudgeInvitationsBody.self, "The links.").failing(403)
                .showing(["emails": ["ada@example.com"], "judge_url": "https://example.com/judges/1"]),
            Operation(.get, "/v1/judges/shared/", "judges_shared_retrieve", "Shows the judge of an invitation")
                .asking(Parameter.text("token", "What is in the link of the invitation."))
                .answering(200, JudgeBody.self).failing(404).forEverybody,
        ])
}

extension TemporaryUserBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "TemporaryUser", "A temporary user.",
        ["api_key": "What calls are made with.", "api_token": "The same, for clients that ask for it."])
}

extension JudgeClaimRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "JudgeClaimRequest", "Which judge goes where.",
        [
            "claim_token": "What came with the judge when it was generated.",
            "project_id": "Your default project when absent.",
        ])
}

extension JudgeInviteRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "JudgeInviteRequest", "Who is to see a judge.",
        [
            "emails": "1 to 10 addresses, each once.",
            "judge_url": "Where your own application shows it; given back as it is.",
        ])
}

extension JudgeInvitationsBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "JudgeInvitations", "What is to be passed on.", ["detail": "What to do with the links, for a person."])
}

extension JudgeInvitationsBody.Invitation: DocumentedResponse {
    package static let notes = TypeNotes(
        "JudgeInvitation", "A link for one person.", ["link": "Shows the judge to whoever has it, until `expires_at`."])
}
