namespace Tessera.Runtime;

/// <summary>The rules of a model of Tessera's: on the sizes of a run, and on those of each example in a batch.</summary>
internal sealed class SizeRules(IReadOnlyDictionary<string, string> metadata)
{
    private readonly IReadOnlyList<SizeRule> _ofTheRun = SizeRule.Read(metadata, "ai.tessera.where");
    private readonly IReadOnlyList<SizeRule> _ofEach = SizeRule.Read(metadata, "ai.tessera.each");

    /// <summary>Whether lengths of examples are looked at at all.</summary>
    public bool LookAtExamples => _ofEach.Count > 0;

    /// <param name="symbols">Sizes of this run's inputs.</param>
    /// <exception cref="TesseraRuntimeException">TSR0729: a rule is broken.</exception>
    public void Check(Dictionary<string, (long Size, string Input)> symbols)
    {
        foreach (var rule in _ofTheRun)
        {
            // A size made inside the model is not known here.
            if (rule.Symbols.All(symbols.ContainsKey) && !rule.Holds(s => symbols[s].Size))
                throw RuntimeErrors.RuleBroken(rule, Places(rule, symbols), s => symbols[s].Size);
        }
    }

    /// <param name="symbols">Sizes of this run's inputs.</param>
    /// <param name="lengths">Length of each example by ragged symbol.</param>
    /// <exception cref="TesseraRuntimeException">TSR0729: an example breaks a rule.</exception>
    public void CheckExamples(Dictionary<string, (long Size, string Input)> symbols, Dictionary<string, int[]> lengths)
    {
        foreach (var rule in _ofEach)
        {
            if (!rule.Symbols.All(s => lengths.ContainsKey(s) || symbols.ContainsKey(s)))
                continue;
            int examples = rule.Symbols.Min(s => lengths.TryGetValue(s, out var own) ? own.Length : int.MaxValue);
            for (var i = 0; i < examples && examples < int.MaxValue; i++)
            {
                long Size(string symbol) => lengths.TryGetValue(symbol, out var own) ? own[i] : symbols[symbol].Size;
                if (!rule.Holds(Size))
                    throw RuntimeErrors.RuleBroken(rule, $"example {i}", Size);
            }
        }
    }

    private static string Places(SizeRule rule, Dictionary<string, (long Size, string Input)> symbols) =>
        string.Join(", ", rule.Symbols.Select(s => $"input '{symbols[s].Input}'").Distinct());
}
