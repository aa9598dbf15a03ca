using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>What passes share during one compilation: options, and what they report.</summary>
public sealed class PassContext(PassOptions? options = null)
{
    private const int MostRejectionsOfARule = 256;
    private readonly List<PassReport> _reports = [];
    private readonly List<RewriteRecord> _rewrites = [];
    private readonly List<Firing> _sites = [];
    private readonly SortedDictionary<string, int> _firings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Rejection>> _rejections = new(StringComparer.Ordinal);
    private readonly HashSet<Rejection> _seen = [];
    private readonly Dictionary<IPass, IReadOnlyList<Value>> _settled = new(ReferenceEqualityComparer.Instance);

    public PassOptions Options { get; } = options ?? new PassOptions();

    /// <summary>One entry for each pass that ran.</summary>
    public IReadOnlyList<PassReport> Reports => _reports;

    /// <summary>Rewritten sites in order; empty unless <see cref="PassOptions.RecordRewrites"/>.</summary>
    public IReadOnlyList<RewriteRecord> Rewrites => _rewrites;

    /// <summary>Every site that a rule rewrote, in order.</summary>
    public IReadOnlyList<Firing> Sites => _sites;

    /// <summary>How often each rule fired, by name.</summary>
    public IReadOnlyDictionary<string, int> Firings => _firings;

    /// <summary>Near misses in order of rule, each once.</summary>
    public IEnumerable<Rejection> Rejections =>
        _rejections.OrderBy(static p => p.Key, StringComparer.Ordinal).SelectMany(static p => p.Value);

    /// <summary>Near misses of rules that never fired: what <c>explain</c> prints.</summary>
    public IEnumerable<Rejection> NearestMisses => Rejections.Where(r => !_firings.ContainsKey(r.Rule));

    /// <summary>Notes that a rule replaced values; a pass that rewrites without rules calls it too.</summary>
    /// <param name="rule">Its name.</param>
    /// <param name="original">What stood there.</param>
    /// <param name="replacement">What takes its place.</param>
    /// <param name="ground">What it relies on.</param>
    public void Record(string rule, IReadOnlyList<Value> original, IReadOnlyList<Value> replacement, RewriteGround? ground = null)
    {
        _firings[rule] = _firings.GetValueOrDefault(rule) + 1;
        _sites.Add(new Firing(rule, original[0].Producer.Schema.Name, original[0].Source));
        if (Options.RecordRewrites)
        {
            _rewrites.Add(new RewriteRecord(rule, original[0].Source, original, replacement) { Ground = ground ?? RewriteGround.None });
        }
    }

    /// <summary>Notes a near miss.</summary>
    public void Reject(string rule, Op op, string reason)
    {
        Rejection rejection = new(rule, op.Schema.Name, op.Outputs[0].Source, reason);
        if (!_rejections.TryGetValue(rule, out List<Rejection>? list))
        {
            _rejections.Add(rule, list = []);
        }

        if (list.Count < MostRejectionsOfARule && _seen.Add(rejection))
        {
            list.Add(rejection);
        }
    }

    /// <summary>Whether the pass came to an end on these very roots.</summary>
    internal bool IsSettled(IPass pass, IEnumerable<Value> roots) => _settled.TryGetValue(pass, out IReadOnlyList<Value>? known) && known.SequenceEqual(roots);

    internal void Settle(IPass pass, IEnumerable<Value> roots) => _settled[pass] = [.. roots];

    internal void Report(PassReport report) => _reports.Add(report);
}
