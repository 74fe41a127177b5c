/**
 * Words of the second kind of company. Every list is cut in two: one half is looked at when ranking is worked on, the
 * other is only reported on.
 */

/** Which half of the words and of the ways to ask. */
export type Fold = "tune" | "report";

/** Half of a list: the even or the odd places. */
export function half<T>(list: readonly T[], fold: Fold): T[] {
  return list.filter((_, at) => at % 2 === (fold === "tune" ? 0 : 1));
}

const words = (text: string): string[] => text.trim().split(/\s+/);

export const areas = words(`
  abuse access ach acquiring actuarial adjudication adoption affiliate airtime alerting ambulance amendment annuity antifraud
  apparel appraisal arbitration armor asset atm attribution avatar backhaul backorder bandwidth bargain baseline basal bet bidder
  biller bin biomarker bond bordereau bounty brokerage bucketing bunker cabin calibration callcenter canteen cardholder carton
  casino cell charger chargeback chassis checkin cheque churn cinema circuit citation clearing clickstream clinician cohort cold
  collateral combat commodity complaint concierge consumption container counterparty courier crate creator credential crop curfew
  custody cutover dealer debtor decal decoy deferral denial depot derivative detour diabetes dialer dietary digester disbursement
  disclosure dock dosing drawdown drone dunning dwell edition eligibility emission encounter enrollee entitlement equity escalation
  etd exemption exhibitor faceid fabric faculty farebox feedstock fiber firmware fixture fleet flexfit foal footfall forex formulary
  franchise freezer fulfillment fund furlough gantry garment geofence gifting glucose greenlist grid grocery guardian guild handset
  hangar haulage headcount hedge helpdesk heritage highscore hospice hotline household hydrant iban incubator inmate inbound ingot
  innings instalment intake intermodal invoicing irrigation joint jury kennel keycard kyc laboratory landing lane laundry leaderboard
  legend leverage licensing lifeline linehaul liquidity litigation livestock locker logbook lounge lumber maintenance mandate
  manifesto marina markdown matchmaking merger metering midwife minting moderation mooring mortality museum mutation nappy netting
  nominee nursery obituary occupancy odometer onramp optician orchard outpatient overdraft oxygen paddock pallet paperwork parole
  payslip peering pharmacy phlebotomy pickpack pitlane plating playback plaza pledge pledging plot podium pollen portability
  postage powertrain prefab prepaid prescriber presence preroll pricing probation procurement propulsion provenance pulse quarantine
  quest quorum radar railcar ration raffle reagent recall rebooking recharge redress reefer regatta reinsurance remittance rerouting
  residency respirator restock reversal ridership rigging roadside rosterline royal runway safeguard salvage sanctions savegame scaffold
  seabed seedbank selfie sepsis sequencer setlist shelving shuttle sideload silo skipass slotting smartmeter solvency souvenir spoilage
  spooling stamping standby stem stitching stowage stream subscriber subtitle surcharge surgery swap sweepstake tachograph takeoff
  takeover tank taxi teller tender terminal tether theme throttle thumbnail tide toll toolchain tote tournament traceability tranche
  treaty triage tugboat turbine turnstile twofactor underwriting uplift urgent utility vault vending vessel veterinary voicemail
  voucher vineyard wallboard wardrobe watchlist wayfinding wellness wharf wheelchair whitelist windfarm wiring workbench xray yacht yard`);

export const jobs = words(`
  adaptor advisor agent annotator api archive assembler assigner auditor authenticator automator backfill balancer batch bff binder
  blender bootstrapper bot bouncer broadcaster bus calculator capture cdc chooser client clock clusterer collator compactor compiler
  completer config connector console consolidator core correlator cron crypter curator db decider deduper delegator deliverer
  demuxer differ digester director distributor doorman drainer driver dumper emailer emulator engine enforcer enqueuer estimator
  etl evictor executor expander explorer extractor facade fanout federation feeder fetch finalizer fixer flusher frontend funnel
  gateway gc generator grader graph grouper guardian harvester hasher hook hoster hydrator importer inbox indexer inferencer ingress
  initializer injector integrator invoker issuer joiner kafka keystore kit lambda layer ledger library linker listener locator logger
  looker mailer mainframe manager marshaller matcher mediator merger mesh messenger middleware minter mirror mobile modeler modulator
  monolith mover mux navigator negotiator notifier oauth observer offloader operator optimiser outbox packer pager panel partitioner
  patcher payer picker pinger planner player poller pool populator portal poster preprocessor presenter prober profiler promoter
  provider provisioner proxy pruner publisher puller purger quantizer querier rater reader reaper rebalancer receiver recommender
  reconciler redirector reducer refiner registrar relayer remapper renderer replayer requester resizer resolver responder restorer
  retrier rewriter rotator router sampler sanitizer saver scanner schema scorer scrubber sdk seeder sender sentinel sequencer server
  service session setter sharder shim sidecar signer sink site slicer snapshotter socket sorter spooler stager starter stash stitcher
  streamer stub subscriber suggester summarizer supervisor sweeper switch syncer synthesizer tailer taker terminator tiler tokenizer
  toolkit tracer tracker transcoder transferer translator transporter trimmer tuner ui unpacker updater uploader validator verifier
  vetter view volume waiter walker warmer watcher watchdog web weigher widget worker wrapper writer zipper`);

export const nicknames = words(`
  abacus achilles ajax alchemy almond amigo antler apricot argus armadillo artemis athena atom avocado axolotl bagel balrog banjo
  baobab barracuda basilisk bazooka beetle bento biscuit blizzard bluejay bongo boomerang bouquet breeze brownie bubble bumblebee
  burrito butler cabbage caliban camelot candle cannoli capybara caramel castle catapult cerberus chameleon cheddar chimera chipmunk
  chisel chronos cicada circus clover cocoa coconut colossus concorde conduit cookie corgi cosmos cougar crayon croissant cucumber
  custard cyclops dandelion dijon diplo dodo domino donut dragon druid dumpling dynamo eclair eiffel elixir ember enigma espresso
  excalibur fable fandango fig firebird fjord flapjack fondue fresco fuji galileo gandalf garlic gazelle gelato genie ghost gnocchi
  gondola goose gouda granola grapefruit gremlin guava hamlet harissa hash hobbit honeybee hotdog houdini hummus hurricane iceberg
  igloo inca jackpot jambalaya javelin jellyfish jigsaw jukebox kabuki kale kazoo kepler kimchi kingfisher kraken labyrinth lantern
  lasagna lavender lego lemonade leviathan lighthouse limerick lobster locust lollipop macaron maestro magma mahogany mandrake
  marzipan matcha maverick medusa merlin mirage mochi monolith mosaic muffin mustang myrtle narnia nebula nectar nemo nougat nutmeg
  oatmeal octane odyssey omelette onion oracle oregano origami othello pancake pandora papyrus paprika parsley parthenon pastrami
  pepper peppermint piccolo pickle pinball pistachio pixie plankton pluto polenta popcorn porcupine potato pretzel prometheus pudding
  pumpkin pylon quiche quiver radish rapunzel ravioli rhubarb ricotta risotto rosetta rugby sakura salsa samosa samurai sandcastle
  scallop scarab sesame shallot sherlock sloth snowflake sombrero sorbet spaghetti sphinx spider spinach sprout squash stardust
  stonehenge strudel sundae sushi taco tangelo tarot tempura terracotta tetris thimble tiramisu tofu tortilla trampoline treehouse
  troll truffle tsunami tulip turbo turmeric typhoon unicorn valhalla vanilla velcro vortex waffle wasabi wigwam wizard wonton
  xylophone yeti yodel yogurt zeppelin zigzag zucchini`);

/** What is done, as a verb in three forms: writes, writing, write. */
export const actions: readonly (readonly [string, string, string])[] = words(`
  accepts/accepting/accept adjusts/adjusting/adjust announces/announcing/announce audits/auditing/audit bundles/bundling/bundle
  buffers/buffering/buffer cancels/cancelling/cancel charts/charting/chart clears/clearing/clear closes/closing/close
  consolidates/consolidating/consolidate deduplicates/deduplicating/deduplicate defers/deferring/defer diffs/diffing/diff
  discovers/discovering/discover dispatches/dispatching/dispatch drafts/drafting/draft drops/dropping/drop
  enforces/enforcing/enforce escalates/escalating/escalate evaluates/evaluating/evaluate expires/expiring/expire
  explains/explaining/explain feeds/feeding/feed fetches/fetching/fetch flags/flagging/flag geocodes/geocoding/geocode
  guesses/guessing/guess harvests/harvesting/harvest hashes/hashing/hash holds/holding/hold imports/importing/import
  infers/inferring/infer issues/issuing/issue labels/labelling/label limits/limiting/limit lists/listing/list logs/logging/log
  masks/masking/mask mirrors/mirroring/mirror moderates/moderating/moderate negotiates/negotiating/negotiate
  offers/offering/offer optimises/optimising/optimise packs/packing/pack pairs/pairing/pair picks/picking/pick
  pins/pinning/pin polls/polling/poll prices/pricing/price prunes/pruning/prune quotes/quoting/quote rates/rating/rate
  rebooks/rebooking/rebook recalculates/recalculating/recalculate recommends/recommending/recommend redacts/redacting/redact
  refreshes/refreshing/refresh registers/registering/register rejects/rejecting/reject resizes/resizing/resize
  retries/retrying/retry reverses/reversing/reverse revokes/revoking/revoke scans/scanning/scan screens/screening/screen
  seeds/seeding/seed sells/selling/sell settles/settling/settle slices/slicing/slice stamps/stamping/stamp
  summarises/summarising/summarise surfaces/surfacing/surface suspends/suspending/suspend tags/tagging/tag
  throttles/throttling/throttle traces/tracing/trace trains/training/train transcribes/transcribing/transcribe
  unlocks/unlocking/unlock warns/warning/warn weighs/weighing/weigh withholds/withholding/withhold`)
  .map((text) => text.split("/"))
  .map(([s = "", ing = "", plain = ""]) => [s, ing, plain] as const);

export const kinds = words(`
  ageing anonymous automatic bilateral blurry bonded broken chilled competing composite conditional confirmed contested counterfeit
  cross-listed damp declined delinquent dormant double-booked dubious dynamic elastic embargoed escalated excess exempt expedited
  fictitious floating forward-dated frail fragile frequent-flyer fuzzy grandfathered guaranteed handwritten hazardous hot idle illegible
  immutable inbound incorrect inherited insured intermittent internal invisible irrevocable itemised knockout landed lapsed leased
  leftover licensed linked loose low-value lost malformed marine mature mismatched modular moving multi-leg negative noisy nominal
  non-refundable obsolete odd-sized offshore oncoming orphaned oversized packed parked perishable pre-approved prepaid priority
  prohibited promised proposed protected provisional published queued random recurring redeemable reissued relocated reserved retired
  revised rolling rural sealed second-hand shadow silent simulated slow-moving sold-out speculative split spoiled staged standing
  static substitute superseded surplus suspended synthetic tainted tax-free tentative third-party tokenised traded transient twin
  unbilled unclaimed undelivered unfunded unmatched unpublished unsafe unsold untagged upgraded urgent vacant verified vintage void
  volatile wholesale withdrawn`);

export const things = words(`
  accruals actuators aircraft allergies anchors antennas appeals applicants arrears artworks auctions axles backlogs badges bales bandages
  banknotes barges barrels beacons beds berths bets bicycles billboards blueprints boarders boilers bonds boxes brakes bridges briefs
  buoys cables calls cameras cancellations cans captions cards carriages cartridges casts cattle centrifuges certificates chapters chats
  cheques claims classrooms clips coils coins colours comics commuters composers concerts conveyors costumes counters coupons cranes
  crystals curbs currencies cylinders dashcams deeds deliveries dentists deposits desks detectors devices diagnoses dialects digits
  diners disputes dividends doctors doors drafts drills drivers duplicates earrings echoes elevators emails engines envelopes epics
  errata essays estates examiners exhibits eyeglasses fabrics failures farms fences ferries filters fines fires fishes flags flights
  floods flowers folders forests forms fractures frames freezers fuels games garages gates genes glaciers goods grades grants graves
  greetings guests guides hangars harvests helmets herbs highways hikes holidays homes horses hoses houses hulls ideas idioms images
  implants inks inmates insects inspections invoices islands jackets jars jewels joints journals judgments kayaks kettles keys kidneys
  kits labels ladders lakes lamps languages lanes lawsuits leaks leases lectures lenses lessons letters levers libraries lights lines
  loads loans locks locomotives logs looms lots machines magazines manuscripts maps marbles masks matches meals medals medicines melodies
  menus meteors microphones minerals missions models moorings mosaics motors movies mushrooms nails necklaces nets nominations notes
  nurses nuts oaths oils orchids orders organs outages ovens packets pads paintings pallets papers parcels parkings parts passengers
  patches patents patients patterns paychecks pearls pensions perfumes permits pets photos pianos pigments pilots pins pipes pistons
  pitches plaques plasters plates platforms plays pledges poems policies ponds portraits posters potions prams prayers premiums presents
  presses printers prisms prizes profiles propellers proposals puddles pumps pupils puppets puzzles quarries queries quilts quotas
  rafts rails ramps ranches receipts recipes reels referees refunds regions relays relics remedies rents replicas requests reservoirs
  residents resumes reviews ribbons rings rivers roads roofs rooms ropes roses rotors rulings sacks saddles salaries samples sandwiches
  satellites scans scarves scooters scores screws scripts seals seams seats seedlings sensors sermons shards shelves shells shifts ships
  shoes shops shovels showers signals signs silos sketches skis sleeves slides slogans snacks sockets soils solvents songs spans sparks
  speakers spices spikes spoons stadiums stains stairs stamps statues stickers stitches stones stoves straps streams strings studios
  stumps subways suitcases surveys sweaters swings syringes tablets tails tapes targets tattoos taxis teeth telescopes tents theses
  threads tickets tiles timbers tins tires toasts toilets tokens tones tools torches towels towers toys tracks tractors trailers trains
  traps trays trees trials trips trophies trucks tubes tunnels turbines tutors tyres umbrellas uniforms valleys valves vans vases
  veins vendors verdicts vests vials violins visas voices volcanoes voyages vows wages wagons waivers walls warnings watches waves waxes
  wells wheels whistles widows wigs windows wines wings wires witnesses wounds wreaths yarns zippers`);

/** For whom or how, with its telling word last. */
export const settings = `
  before boarding closes|during a heatwave|for the border police|after each tide|on the trading floor|for night shifts|inside the cold chain
  when a union calls a strike|under the new directive|for the lottery commission|between two hubs|while the ferry is loading|for first responders
  at the checkout lane|along the motorway|for pensioners|behind a turnstile|ahead of an earnings call|on pay day|at kick-off
  for the insolvency court|inside the clean room|over satellite links|for the parents portal|with fingerprint readers|in sign language
  across franchisees|for the blood bank|on behalf of embassies|from handheld scanners|with barcodes from suppliers|in the greenhouse
  for season ticket holders|after a power cut|at altitude|while the vessel is docked|for the ombudsman|in the escape room
  during maintenance weekends|for the mountain rescue|with infrared cameras|before the gala|for apprentices|on the assembly line
  for the box office crew|with quantum keys|through the tax treaty|for beekeepers|at the drive-through|inside the tunnel
  during black friday|for the harbour master|with a magnifying glass|on christmas eve|for court reporters|in the laundry room
  for the night train|with postal codes|at the weigh station|for the space agency`
  .split(/[|\n]/)
  .map((text) => text.trim())
  .filter((text) => text !== "");

/** Sentences that many descriptions share, so that their words tell nothing. */
export const fillers = `
  Written for the migration from the mainframe and kept since then.|Exposes a REST interface and publishes events to the message bus.
  Runs in every region; data stays in the region in which it was collected.|Talks to the database directly and caches for a few minutes.
  Please ask in the channel before you change the configuration.|Deployed twice a day from the main branch by the usual pipeline.
  The service level is 99.9 percent in office hours and best effort at other times.|Reads its settings from the shared configuration store.
  Clients should use the generated library instead of calling the endpoints by hand.|Old versions stay available for half a year after a release.
  Requests are authenticated with the token of the caller and logged for audits.|Replaces the batch jobs that did the same every night.
  Owned by one team, used by many; changes are announced a week before.|Part of the platform that customers see in the application.
  Load tests run every week against a copy of production data.|Uses a queue so that peaks do not reach the systems behind it.
  Internal tool, not reachable from outside the company network.|Stores its state in the cluster and its backups in object storage.
  Errors are retried with growing pauses and end in a dead letter queue.|Metrics and logs are on the team's dashboard.`
  .split(/[|\n]/)
  .map((text) => text.trim())
  .filter((text) => text !== "");

export const givenNames = words(`
  Åsa Agnieszka Aleksandra Alonso Amara André Aoife Arjun Bartosz Beyza Björn Brónach Cağan Caoimhe Catalina Céline Chloé Ciarán Dagný
  Danuta Deepika Dragan Élodie Ewa Faisal Fiona François Gaëlle Gintaras Goran Grzegorz Halima Håkon Ingrid Iñigo Iva Jelena Jiří João
  José Jürgen Kasia Kęstutis Kofi Lakshmi Leila Łukasz Maëlle Malgorzata Manon Matyáš Mirela Miroslav Nkechi Noémie Oddný Oisín Ondřej
  Øyvind Parvati Piotr Raúl Renée Rosalía Saoirse Seán Siobhán Slobodan Snežana Sunita Szymon Tadeusz Tariq Thandiwe Tomasz Uzoma
  Vaclav Věra Vijay Vojtěch Wojciech Xiomara Ximena Yewande Zahra Željko Zoë Zuzana`);
export const familyNames = words(`
  Abubakar Ångström Baptista Bąk Bélanger Berglund Bhattacharya Bjarnason Błaszczyk Böhm Brîncuș Çelik Černý Chaudhuri Chukwu Ćosić
  Dąbrowski Deschamps Đorđević Drăgulescu Dvořák Eiríksdóttir Eklund Estévez Fitzpatrick Fjeld Gagnon García-Ruiz Gašparović Goethals
  Gonçalves Grönroos Gutiérrez Håkansson Hernández Hrubý Ibáñez Iyer Jóhannsson Kaczmarek Karlsson Khumalo Kırmızı Kjeldsen Korhonen
  Kováč Kuznetsov Lefèvre Lévesque Lindström Lőrincz Mäkinen Malhotra Márquez Mazur McAllister Mbatha Mészáros Mikkelsen Molnár Müller
  Muñoz Ndlovu Nowicki Núñez O'Brien O'Sullivan Öberg Olejnik Østergaard Pająk Papadopoulos Peñaloza Petrović Pokorný Poulsen Quiñones
  Rasmussen Rozmarin Ryökäs Sæther Şahin Sánchez Schäfer Šimek Sjöberg Škoda Sørensen Stępień Szabó Tóth Trần Uzun Väisänen Valdés
  Vlček Wiśniewski Yıldız Zając Żukowski`);
