/**
 * Code lists. Trafficking codes are IOM's HTCDS 2.0 (github.com/UNMigration/HTCDS, CC BY 4.0), spelled exactly as
 * published, `Unaquainted` included. Handling and evaluation codes are those of European police messaging
 * (Europol SIENA handling codes; 4×4 source and information evaluation). Values of our own are marked as such.
 */

/** HTCDS `prs_Gender`. */
export const GENDER = [
  'Feminine',
  'Masculine',
  'TransgenderFeminine',
  'TransgenderMasculine',
  'NonConforming',
  'NonSpecifiedUnknown',
] as const;

/** HTCDS `vic_TraffickingStatus`. */
export const TRAFFICKING_STATUS = [
  'PossibleVictimOfTrafficking',
  'ActualVictimOfTrafficking',
  'NotAVictimOfTrafficking',
] as const;

/** HTCDS `vic_TraffickingStatusDecisionMakingOrg`. */
export const STATUS_DECIDED_BY = [
  'Police',
  'NGO',
  'CourtOrProsecution',
  'NonPoliceGovernmentalOrganization',
  'Other',
] as const;

/** HTCDS `vic_RelationshipToTrafficker`; the third code is published with this spelling. */
export const RELATIONSHIP_TO_TRAFFICKER = ['Familial', 'Acquainted', 'Unaquainted'] as const;

/** HTCDS `vic_MethodOfRecruitment`. */
export const METHOD_OF_RECRUITMENT = [
  'AtAPlaceOfBusiness',
  'AtAnEducationalInstitution',
  'AtWork',
  'ThroughOnlineSocialNetworks',
  'ThroughAnOnlineAdvertisement',
  'ThroughATelevisionAdvert',
  'ThroughANewspaperAdvert',
  'ThroughFamilyOrFamilyEvents',
  'ThroughFriendsOrSocialEvents',
  'Other',
] as const;

/** HTCDS `vic_MethodsOfControl`. */
export const METHODS_OF_CONTROL = [
  'PhysicalThreats',
  'ThreatsLawEnforcement',
  'ThreatensChildrenFamily',
  'DebtBondage',
  'FalsePromises',
  'PhysicalAbuse',
  'SexualAbuse',
  'TakesEarnings',
  'RestrictsFinancialAccess',
  'RestrictsMedicalCare',
  'WithholdsNecessities',
  'PsychologicalAbuse',
  'PsychoactiveSubstance',
  'ExcessiveWorkingHours',
  'WithholdsDocuments',
  'Other',
] as const;

/**
 * HTCDS 2.0 has no value for these, so they have the prefix `amanat:`. Confinement to a compound and the use of
 * children are in HTCDS's Field Definitions but not in its pick list. Forced criminality and scam compounds are not
 * in HTCDS.
 */
export const OWN_METHODS_OF_CONTROL = ['amanat:RestrictsMovement', 'amanat:UsesChildren'] as const;
export const OWN_TYPES_OF_EXPLOITATION = ['amanat:ForcedCriminality'] as const;
export const OWN_PLACES = ['amanat:ScamCompound'] as const;

/** HTCDS `vic_TypeOfExploitation`. */
export const TYPE_OF_EXPLOITATION = [
  'ForcedLabour',
  'SexualExploitation',
  'ChildLabour',
  'ForcedMarriage',
  'Servitude',
  'ForcedMilitaryByNonStateActors',
  'OrganRemoval',
  'ForcedBegging',
  'ForcedAdoption',
  'Surrogacy',
  'Other',
] as const;

/** HTCDS `per_RoleInProcess`. */
export const ROLE_IN_PROCESS = [
  'TravellingPartner',
  'Transporter',
  'RecruiterOrIntermediary',
  'BrokerTravelAgent',
  'TransferredIndividual',
  'HarbouredIndividual',
  'SoldIndividual',
  'BoughtIndividual',
  'ReceivedIndividual',
  'ControlledIndividual',
  'Smuggler',
  'Abuser',
  'Kidnapper',
  'Exploiter',
  'Other',
] as const;

/** HTCDS `cas_Status`. */
export const CASE_STATUS = ['Active', 'FollowUp', 'Closed', 'ClosedReferred'] as const;

/** The values of HTCDS `cas_Status` that close a thread. */
export const CLOSED_STATUS = ['Closed', 'ClosedReferred'] as const;

/** Handling codes: what a recipient may do with the content. */
export const HANDLING_CODES = ['H0', 'H1', 'H2', 'H3'] as const;
export type Handling = (typeof HANDLING_CODES)[number];

/** Evaluation of the source (A reliable … X not assessable) and of the information (1 known true … 4 unconfirmed). */
export const SOURCE_EVALUATION = ['A', 'B', 'C', 'X'] as const;
export const INFORMATION_EVALUATION = ['1', '2', '3', '4'] as const;

export const URGENCIES = ['immediate', 'urgent', 'routine'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Languages of screens, notices and packets (BCP 47). */
export const LANGUAGES = ['id', 'ms', 'km', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Why an officer declines a message. Ours; an agreement may allow fewer. */
export const DECLINE_REASONS = [
  'not-competent',
  'not-our-national',
  'incomplete',
  'duplicate',
  'unlawful',
  'other',
] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** Why a request is refused. Ours. */
export const REFUSAL_REASONS = [
  'not-competent',
  'not-found',
  'national-law',
  'ongoing-investigation',
  'incomplete',
  'other',
] as const;

/** What a `request` asks for (DESIGN: the nine kinds). */
export const REQUEST_KINDS = [
  'nationality-verification',
  'family-tracing',
  'travel-document',
  'exit-permit',
  'overstay-waiver',
  'welfare-check',
  'investigation',
  'repatriation-seat',
  'case-status',
] as const;

/** What a person needs now. Ours. */
export const NEEDS = [
  'shelter',
  'medical',
  'food',
  'legal-aid',
  'interpreter',
  'consular-access',
  'travel-document',
  'protection',
  'family-contact',
  'other',
] as const;

/** What a `notice` is about. Ours. */
export const NOTICE_KINDS = [
  'passenger-of-concern',
  'departure-postponed',
  'border-measure',
  'trend-bulletin',
  'good-practice',
  /**
   * Two determinations of one person's status differ, and the difference may decide whether the person is punished.
   * UN Recommended Principles and Guidelines on Human Rights and Human Trafficking (OHCHR 2002), principle 7; ASEAN
   * Convention Against Trafficking in Persons (2015), article 14(7).
   */
  'non-punishment-review',
] as const;
