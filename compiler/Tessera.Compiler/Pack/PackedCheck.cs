using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Pack;

/// <summary>The packed model with the original: what each example of a batch gets is what the original gives it alone.</summary>
internal sealed class PackedCheck(PackTrial trial, OrtRun packed, string what, bool atLength)
{
    private const int Many = 40;

    /// <exception cref="TesseraException">TSR0911: the packed model differs from the original.</exception>
    public void Run(IReadOnlyList<IReadOnlyDictionary<string, long>> chosen)
    {
        PackExample[] plain = [.. chosen.Select(s => trial.Next(s))];
        plain = plain.Length < 3 ? [.. plain, .. plain, .. plain] : plain;
        Agrees(plain, what);
        Agrees([.. plain.Reverse()], $"{what}, in another order");
        Agrees([plain[0]], $"{what}, one example");
        Agrees([.. plain.Select((e, i) => i == 1 ? Poisoned(e) : e)], $"{what}, beside NaN", except: 1);
        foreach (IReadOnlyDictionary<string, long> none in trial.Sizes.Empty(chosen[0]).Where(trial.Runs))
        {
            PackExample empty = trial.Next(none);
            Agrees([empty, plain[0], empty, .. plain.Skip(1), empty], $"{what}, with empty examples");
        }

        if (atLength)
        {
            if (Longest(chosen) is { } longest)
            {
                Agrees([plain[0], trial.Next(longest), .. plain.Skip(1)], $"{what}, beside a long one");
            }

            Agrees([.. Enumerable.Range(0, Many).Select(i => trial.Next(chosen[i * 7 % chosen.Count], ValueKind.Large))], $"{what}, many");
        }
    }

    // The longest that is allowed, if the original takes it, or one that is longer than the others at least.
    private IReadOnlyDictionary<string, long>? Longest(IReadOnlyList<IReadOnlyDictionary<string, long>> chosen)
    {
        IReadOnlyDictionary<string, long> most = trial.Sizes.Longest(chosen);
        IReadOnlyDictionary<string, long>? longest = trial.Sizes.Longer(most, by: 1).MaxBy(static sizes => sizes.Values.Min());
        return longest is not null && trial.Runs(longest) ? longest : trial.Longer(most, by: 1);
    }

    private void Agrees(PackExample[] examples, string how, int except = -1)
    {
        if (Together(examples) is not { } together)
        {
            throw new TesseraException(PackCheck.PackedDiffersCode, trial.Place, $"the packed model refuses examples of {string.Join("; ", examples.Select(e => trial.Sizes.Text(e.Sizes)))}, which the original runs: {trial.Refused}.");
        }

        for (int i = 0; i < examples.Length; i++)
        {
            if (i != except)
            {
                trial.Compare(PackCheck.PackedDiffersCode, how, examples[i], together[i], "the packed model differs from the original");
            }
        }
    }

    // What each example gets of what the model is, behind the interface that it has.
    private IReadOnlyList<RefTensor[]>? Together(PackExample[] examples)
    {
        PackLayout layout = trial.Layout;
        bool padded = layout.Options.Interface == PackInterface.Padded;
        PackExample[] padding = [];
        if (padded)
        {
            IReadOnlyDictionary<string, long> longest = trial.Sizes.Longest(examples.Select(static e => e.Sizes));
            longest = trial.Sizes.Longer(longest, by: 1).FirstOrDefault() ?? longest;
            padding = [.. examples.Select(_ => trial.Next(longest, ValueKind.Large))];
        }

        if (trial.Try(packed, padded ? layout.Padded(examples, padding) : layout.Packed(examples)) is not { } all)
        {
            return null;
        }

        RefValue[] ordered = [.. layout.Outputs.Select(o => all[packed.Outputs.ToList().IndexOf(o.Name)])];
        if (padded)
        {
            RequireZeros(ordered, examples);
        }

        return [.. examples.Select((e, i) => padded ? layout.OfPadded(ordered, i, e) : layout.OfPacked(ordered, examples, i))];
    }

    // What is padding in results is 0, whatever padding was given.
    private void RequireZeros(IReadOnlyList<RefValue> results, PackExample[] examples)
    {
        for (int i = 0; i < examples.Length; i++)
        {
            foreach ((RefTensor row, long[] own) in trial.Layout.Rows(results, i, examples[i]))
            {
                RefTensor zeros = RefRows.Overlay(row, RefRows.Zeros(row.DType, own));
                if (!RefRows.AreZeros(zeros))
                {
                    throw new TesseraException(PackCheck.PackedDiffersCode, trial.Place, $"the packed model leaves something in padding of an example of {trial.Sizes.Text(examples[i].Sizes)}.");
                }
            }
        }
    }

    private static PackExample Poisoned(PackExample example) => example with
    {
        Values = example.Values.ToDictionary(
            static v => v.Key,
            static v => v.Value.DType.IsFloat() ? RefTensor.Floats(v.Value.DType, v.Value.Dims, [.. v.Value.F.Select(static (x, i) => i % 3 == 0 ? double.NaN : i % 3 == 1 ? double.PositiveInfinity : x)]) : v.Value),
    };
}
