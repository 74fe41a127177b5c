/** Words that made-up companies consist of. */
const list = (text: string): string[] => text.trim().split(/\s+/);

/** What a service is about. */
export const subjects = list(`
  account address advert agreement airport allocation allowance analytics annotation appointment approval archive article asset
  assignment attachment auction audience audit author award badge balance banner barcode basket batch beacon benefit bid billing
  biometric blog bonus booking bookmark border branch brand broadcast broker budget bundle calendar campaign cancellation candidate
  capacity cargo carrier case cashback catalog category certificate challenge channel charge chat checkout claim class clearance
  clinic coaching code collection comment commission company complaint compliance component concert consent consignment contact
  content contract conversion coupon courier course cover credit crew currency customer customs dashboard deal debit debt
  declaration delivery demand deposit device diagnosis dictionary diet digest discount dispatch dispute document domain donation
  draft driver duty education election eligibility email embargo employee energy enrolment envelope equipment escrow estimate event
  evidence exam exchange expense experiment export exposure fare favourite feature fee feedback feed fleet flight folder forecast
  form fraud freight fuel fulfilment gallery gift goal grade grant group guarantee guest harvest hazard health heatmap history
  holiday hotel household identity image import incentive incident index ingredient insight inspection installment insurance
  interest interview inventory investment invitation invoice itinerary job journal journey kiosk label landlord lease ledger lesson
  letter licence listing loan location lottery lounge loyalty luggage mailbox maintenance mandate manifest map margin market
  material meal measurement media medication meeting membership menu merchant message meter milestone mission mobile model mortgage
  music newsletter nomination note notice notification nutrition offer office onboarding order outage outlet package pairing pallet
  parcel parking partner passenger passport password patient payment payout payroll penalty pension performance permit photo pickup
  pipeline player playlist podcast policy poll portfolio position postcode prediction preference premium prescription price printer
  prize product profile profit project promotion property proposal prospect provision purchase quality quantity queue quiz quota
  quote rating rebate receipt recipe recommendation reconciliation recruitment redemption referral refund region registry reminder
  rental repair report reputation request reservation residence resource restaurant return revenue review reward rider risk roaming
  roster route royalty rule salary sale sample satellite savings schedule school score screening season seat segment selection
  seller sensor sentiment session settlement shelf shipment shop signal signature skill slot snapshot sponsor stadium staff
  statement station stock storage story store street student subscription subsidy supplier supply survey symptom tariff task tax
  taxonomy telemetry tenant term territory theatre theme ticket timesheet timetable token toll tour tracking trade traffic trailer
  training transaction transfer translation transport treasury trial trip truck tuition usage user utility vacancy vaccine
  valuation variant vehicle vendor venue verification video visa visit voucher wage waitlist wallet warehouse warranty waste watch
  weather website wholesale widget wish workflow workout yield zone`);

/** What a service does. */
export const roles = list(`
  adapter aggregator agent allocator analyzer api archiver backend balancer batch bot bridge broker builder cache calculator checker
  classifier cleaner client collector composer connector consumer console controller converter coordinator crawler dashboard daemon
  decoder detector dispatcher distributor editor emitter encoder engine enricher evaluator exporter extractor feed fetcher filter
  finder formatter forwarder frontend gateway generator guard handler hub importer indexer ingestor inspector job judge keeper
  launcher library listener loader lookup manager mapper matcher merger meter migrator mixer monitor normalizer notifier observer
  optimizer orchestrator parser planner portal predictor presenter processor producer projector proxy publisher purger pusher queue
  ranker reader receiver reconciler recorder registry relay renderer replicator reporter resolver router runner sampler scanner
  scheduler scorer scraper search selector sender server service sharder shipper signer simulator sink sorter splitter sdk store
  stream sync tagger tester throttler tracker trainer transformer translator trigger ui updater uploader validator vault verifier
  viewer watcher web webhook widget worker writer`);

/** Names that say nothing about what they name. */
export const codenames = list(`
  acorn albatross alder amber anchor andromeda antares apollo aquila arbor argo argon arrow ash aspen atlas aurora badger bamboo
  banshee basil beacon bear birch bishop bison bobcat borealis boulder bramble bronze buffalo buzzard cactus calypso camel canary
  canyon caribou cascade cassini castor cedar cello centaur cheetah cinnamon cobalt comet condor copper coral coyote crane cricket
  cypress daedalus dahlia delphi denali dingo dolphin dragonfly eagle echo eclipse egret elk ember emu equinox everest falcon fern
  ferret finch firefly flamingo flint forge fox gecko gemini geyser ginkgo glacier goldfinch gopher granite griffin grizzly hadron
  halcyon harrier hawk hazel hedgehog helios hercules hermes heron hickory horizon hornet husky hydra ibex ibis icarus iguana indigo
  iris ivory jackal jade jaguar janus jasmine jasper juniper jupiter kestrel kiwi koala kodiak kraken lagoon lark larch laurel lemur
  leopard lichen lilac lion loki lotus lynx magnolia magpie mamba mammoth mango manta maple marlin marmot meadow meerkat mercury
  meteor minerva mistral mongoose monsoon moose moss narwhal nebula neptune nettle nightingale nimbus nova oak oasis obsidian ocelot
  octopus olive onyx opal orca orchid orion osprey otter owl oyster panda pangolin panther papaya peacock pegasus pelican penguin
  peregrine phoenix pine piranha platypus plover polaris poppy prairie puffin puma quail quartz quasar quetzal quokka raccoon raven
  redwood reef rhino robin saffron sage salamander samphire sandpiper sapphire saturn scorpion sequoia serval shark sierra sirius
  skylark sparrow spruce squid starling stingray stork summit swallow swift sycamore taiga tamarin tangerine tapir teal tempest thistle
  thunder tiger titan topaz tornado toucan tulip tundra turtle umber vega viper vulcan walnut walrus wasp weasel willow wolf wolverine
  wombat woodpecker wren yak yarrow zebra zenith zephyr zinnia`);

export const givenNames = list(`
  Aaron Abena Adaeze Agnes Ahmed Aiko Alejandro Alina Amelia Anders Anika Antonio Astrid Beatriz Benjamin Bianca Boris Camila Carlos
  Chiara Chidi Clara Daniel Daria David Diego Dmitri Elena Elias Emma Emre Esther Fatima Felix Femi Freya Gabriel Giulia Greta Hana
  Hans Hassan Helena Hugo Ida Ines Isaac Ivan Jakob Jana Javier Jin Johanna Joon Julia Kaito Karim Katya Kenji Lars Laura Leo Lina
  Lorenzo Lucia Magnus Maja Malik Marco Maria Mateo Maya Mei Milan Mina Mohamed Nadia Naomi Nikolai Nils Noah Nora Olga Oliver Omar
  Oscar Pablo Paula Pedro Petra Priya Rahul Ravi Renata Rosa Ruben Sakura Samuel Sara Sergei Sofia Stefan Sven Tara Teresa Thomas
  Tomas Uma Valentina Vera Viktor Wanda Wei Yara Yasmin Yusuf Zara Zoe`);
export const familyNames = list(`
  Abbott Adeyemi Aguilar Ahmadi Almeida Andersson Araujo Bakker Banerjee Barros Bauer Becker Bennett Bergman Bianchi Bjork Blanco
  Bose Brandt Brennan Bruno Calder Campos Cardoso Castillo Chaudhry Chen Cohen Conti Costa Cruz Dahl Delgado Desai Dietrich Dlamini
  Duarte Eriksen Esposito Farouk Fernandes Ferrari Fischer Fontaine Forsberg Fuchs Fujita Garcia Gallo Ghosh Goldberg Gomez Greco
  Grimaldi Gupta Gustafsson Haas Hakimi Hansen Hartmann Hashimoto Hayashi Hernandez Hoffmann Holm Huang Ibrahim Ito Jansen Jensen
  Jimenez Johansson Kamau Kaplan Kato Keller Khan Kimura Klein Kovacs Kowalczyk Kruger Kumar Larsen Laurent Lehmann Leroy Lindgren
  Lopez Lund Maier Mancini Marino Martins Mbeki Medina Mendes Meyer Moreau Moretti Mori Mukherjee Nakamura Navarro Ndiaye Nguyen
  Nielsen Nilsson Novak Nowak Obi Okafor Oliveira Olsen Ortega Osei Park Patel Pereira Petrov Pinto Popov Quinn Rahman Ramirez Rao
  Reyes Ricci Rivera Romano Rossi Roth Saito Santos Sato Schmidt Schneider Sharma Silva Singh Soto Sousa Suzuki Svensson Takahashi
  Tanaka Torres Tran Vargas Vasquez Vogel Wagner Wallin Weber Werner Winkler Wright Yamada Yilmaz Zhang Zimmermann`);

/** Pieces of descriptions: what is done, to what, and how. */
export const verbs = list(`
  Aggregates Allocates Anonymises Archives Assembles Assigns Authorises Balances Blocks Books Caches Calculates Captures Checks
  Classifies Cleans Collects Compares Compresses Computes Converts Copies Corrects Counts Creates Decides Decodes Delivers Detects
  Distributes Encrypts Enriches Estimates Exchanges Exports Extracts Filters Forecasts Forwards Generates Groups Hides Imports
  Indexes Issues Joins Keeps Links Loads Maps Matches Measures Merges Migrates Monitors Moves Normalises Notifies Orders Parses Plans
  Predicts Prepares Prints Publishes Purges Ranks Reads Receives Reconciles Records Redeems Releases Renders Replays Reports
  Reserves Resolves Restores Reviews Rotates Routes Samples Schedules Scores Sends Shows Signs Simulates Sorts Splits Stores Streams
  Submits Suggests Summarises Synchronises Tracks Transforms Translates Updates Uploads Validates Verifies Watches Writes`);
export const qualities = list(`
  abandoned active annual anonymous approved archived automatic bulk cancelled certified closed commercial completed confidential
  corporate cross-border daily damaged delayed delivered digital disputed domestic duplicate early electronic encrypted expired
  external failed federal final flagged foreign frequent fresh frozen historic hourly imported inactive incoming incomplete
  industrial internal international invalid joint late legacy legal live local manual medical missing mobile monthly multilingual
  nightly offline open outgoing overdue paid partial pending personal physical planned preferred premium printed private public
  quarterly raw recent recurring refunded regional rejected remote replaced restricted returned scheduled seasonal secondary sensitive
  shared signed stale stolen suspicious temporary unpaid unread unused urgent verified visible voluntary weekly`);
export const circumstances = `
  before the warehouse opens|for the mobile app|for auditors|for corporate customers|in real time|every night|for the tax office
  on behalf of merchants|with machine learning|across all regions|for customer support|while a customer waits|from partner feeds
  within five minutes|over a message bus|through bank transfers|for the annual report|in seven languages|at the end of each month
  for drivers on the road|using satellite data|for people without a smartphone|with a second pair of eyes|under data protection law
  from scanned paper|for children|during peak hours|for the loyalty programme|in the browser|by post|with signed webhooks
  for wholesale buyers|behind the firewall|from spreadsheets|for new employees|without human help|by voice|for the finance team`
  .split(/[|\n]/)
  .map((text) => text.trim())
  .filter((text) => text !== "");

export const tags = list(`
  java kotlin python go rust typescript scala ruby php elixir react vue grpc graphql kafka postgres mysql redis mongodb
  elasticsearch s3 airflow spark tier-1 tier-2 tier-3 pci gdpr internal external batch streaming ml edge`);
export const suffixes = list(
  "svc service api app job lambda worker ui web backend v2 eu us core next",
);
