"""The words of the wire: what formats are made of, and nobody's own.

A name is taken apart into words (``inputTokens``, ``content_block_delta``), and
each is looked up here. A word that is missing is treated as somebody's own, so
a gap in these lists costs a name its meaning and nobody a secret. Each word
stands in the first list that it belongs to; add those of a new format to a list
of its own.
"""

from __future__ import annotations

__all__ = ["MODEL_WORDS", "WORDS"]

_EVERYWHERE = """
action actions added all annotation annotations any args argument arguments array at audio auto b
background base block blocked blocks body boolean bytes cache cached call calls categories category
channel channels chunk chunks cited code command commands complete completed completion completions config
configuration content contents context conversation cost count counts created creation custom data default
delta deltas description detail details developer direct done duration effort encoded encoding encrypted
end ended ends enum environment error errors event events execution exit expires extra failed failure
false field fields file filename files filter filtered filters final fingerprint finish finished first
float format from function functions generated generation get group h hash high id ids image images in
include included incomplete index indexes input inputs instructions integer internal invalid is item items
json k key keys kind label language last latency length level limit limits line lines list load local
location log logs low m match max maximum media medium message messages meta metadata metrics mime min
minimal minimum missing modalities modality mode model models modified more ms n name names new no none
not null num number object of off offset ok on op open operation option optional options or order
organization original out output outputs override p page param parameters parent part partial parts path
pattern pending per percent phase plain play position prefix previous priority processed processing
progress prompt properties property provider q quality query queue queued quota r rate raw read ready
reason recommended ref reference references request requests required requires reset resolution response
responses result results retry role root running s safe safety sample schema score scores search second
seconds section segment sent server service session set setting settings severity short size skipped
source sources speed standard start started state status step steps stop stopped store stream streaming
strict string style success suffix summary system t tag tags target temperature template text texts
threshold tier time timeout timestamp timing timings title to token tokens tool tools top total trace
trigger true truncated truncation ts ttft type types unavailable uncertain unit units unknown unsafe
update updated uri url urls us usage use used user uses utf v valid validation value values version voice
warning warnings web with without word words write written x y
"""

_OPENAI = """
accept acceptance accepted after agentic aiu allowed apply approval approximate assistant attachments
attributes available azure batch bias billed billing breakdown byok callers calling cancel cancelled
cancelling chat checked choice choices citation citations city classifier click commentary compacting
compression computer container copilot copyright cot country create creative current cyber decode
deepseek definition delete deny deployment detailed detected detection diff disabled document documents
domain domains double draft drag elapsed enable enabled entries entry env estimated eval exact exceeded
exec executed expired fallback find flagged flex found frequency gen generating grammar graphic grok groq
handles handoff harassment harm hate headers height hit identifier idle illicit import incorrect indices
indirect inference instruct insufficient intent interpreter interpreting interrupt iterations jailbreak
keepalive keypress live logit logprob logprobs mask matched material mcp minors miss mistral moderation
move namespace nano native noise obfuscation offsets only openai openrouter padded padding parallel patch
penalty personality pii pixels predicted prediction prefill presence preview profanity program
programmatic prompts protected queries question ranker ranking realtime reasoner reasoning reduction
refusal region regions rejected requested require resources restricted retention retrieval returned
reused revised run runs scale screenshot scroll searching seed self sexual shell side silence simple
skill skills sku sla snippet spark speculative speech stderr stdout stored strategy sub subqueries
subtitles sum syntax think thread threads threatening ticks tiers timezone tracing transcript
transcription translation transport turn uncached understanding unexpected unparsed upstream usd vad
vector verbosity violence violent wait width xai
"""

_ANTHROPIC = """
advisor age amazon anthropic applied bash bedrock bm25 browser byte caller cell char character check claim
clear compaction credit defer deferred deletions editor edits ephemeral explanation fetch fetches geo
global has insert interleaved invocation keep loading management memory msg old overloaded pause ping
premium redacted redeemed regex replace retrieved return rules sequence signature thinking throttled
trimmed turns undo untrusted view
"""

_GOOGLE = """
afc armor automatic avg blob blocklist bool candidate candidates chosen civic client confidence
continuation continue dangerous demand derogatory executable explicit feedback generate grounding handle
http inline integrity malformed many maps medical negligible other outcome parsed place point predict
prob probability prohibited provisioned python rating ratings recitation rendered resumption sdk setup
severe sexually spii struct suggestions support supports thought thoughts throughput too toxicity traffic
unspecified widget will
"""

_BEDROCK = """
accelerate additional assessment assessments automated characters contextual converse coverage entities
err exception free guard guarded guardrail information intervened invoke managed modeled nova performance
policies policy regexes sensitive std throttling topic topics trust
"""

_OTHERS = """
chatbot cohere connector debug generations graph history hits ibm kv llama llm mark moderations nanos
ollama past plan rerank tps transfer vllm watsonx writer
"""

_UI_STREAMS = """
abort answer approved automatic begin begins collect completes denied descriptor dynamic exclude fail
interrupted preliminary responded steering transient ui
"""

_LOGS = """
agent agents api attachment backup backups branch cli compact compacted compressed continuation
cumulative cut cwd dequeue enqueue entrypoint external folder fork forked git hook info invoked leaf
logical main minutes originator payload permission prevented primary process record records remove resets
rollout sandbox secondary sessions sidechain slug snapshot spawn subagent subtype synthetic task todo
todos tracked uuid visible wall window
"""

_MEDIA = """
application avi csv docx flac gif html jpeg jpg markdown mp mpeg msword octet ogg opus pcm pcma pcmu pdf
png svg tiff video wav webm webp xml yaml zip
"""

_MODELS = """
ada ai alibaba arn awq aya babbage beta bf bison bit bloom chatgpt claude cloud coder codestral codex
cogito core curie dall davinci deep dev devstral distill dolphin e embed embedding eu exp experimental
express fable facebook falcon fast fireworks flan flash flux foundation ft gemini gemma gguf glm google
gpt granite haiku hermes hf hunyuan imagen instant int it jamba janus jp kimi large latest learnlm light
lite llava long luna magistral maverick micro microsoft mini minimax ministral mistralai mixtral moe
moonshot moonshotai multi muse nemo nemotron nightly nousresearch novita nvidia o ol olmo omni opt org oss
palm palmyra perplexity phi pixtral plus premier prime pro qa qwen qwq research rnj scout seek small sol
solar sonar sonnet stable starcoder swe tiny titan transcribe tts turbo ultra un unsloth veo versatile
vertex vision voxtral whisper yi z zai zephyr
"""

WORDS = frozenset(
    word
    for text in (
        _EVERYWHERE, _OPENAI, _ANTHROPIC, _GOOGLE, _BEDROCK, _OTHERS, _UI_STREAMS, _LOGS, _MEDIA
    )
    for word in text.split()
)  # fmt: skip
"""Words of the names of fields, and of what fields say whose text is made of such words; in lower case."""

MODEL_WORDS = WORDS | frozenset(_MODELS.split())
"""Words of the names of models, and of those who make them."""
