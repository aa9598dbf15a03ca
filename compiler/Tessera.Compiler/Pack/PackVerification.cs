using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Pack;

/// <summary>
/// Compares in ONNX Runtime: first the original with itself, f(batch)[i] = f({i} alone, without padding), in batches of other
/// orders, with other neighbours and other padding; then the packed model with the original.
/// </summary>
internal sealed class PackVerification
{
    private const int Longest = 24;

    private readonly PackLayout _layout;
    private readonly PackExamples _examples;
    private readonly OrtRun _original;
    private readonly List<PackCheck> _checks = [];
    private readonly string _place;
    private int _seed = 1;

    private PackVerification(OrtRun original, PackLayout layout, string place) =>
        (_original, _layout, _place, _examples) = (original, layout, place, new PackExamples(layout));

    /// <summary>What was compared.</summary>
    /// <param name="model">The original.</param>
    /// <param name="packed">The packed model.</param>
    /// <param name="options">How it was packed.</param>
    /// <exception cref="TesseraException">TSR0910: the original's results for an example depend on its neighbours or on padding; TSR0911: the packed model differs; TSR0912: nothing could be compared.</exception>
    public static IReadOnlyList<PackCheck> Run(OnnxModel model, PackedModel packed, PackOptions options)
    {
        using OrtRun original = Open(File.ReadAllBytes(model.Path), kernels: false, Path.GetDirectoryName(Path.GetFullPath(model.Path))!, model.Path);
        PackVerification verification = new(original, new PackLayout(packed.Unpadded, options), model.Path);
        options.Progress?.Invoke("compare the original with itself");
        long[] lengths = verification.Lengths(options.Verify);
        verification.OriginalAgrees(lengths, options.Verify);
        using TemporaryFolder folder = new();
        packed.Model.Emitted.Save(folder["packed.onnx"]);
        byte[] bytes = File.ReadAllBytes(folder["packed.onnx"]);
        foreach (bool kernels in options.Verify ? (bool[])[true, false] : [true])
        {
            options.Progress?.Invoke($"compare the packed model{(kernels ? "" : " in bare ONNX Runtime")}");
            using OrtRun run = Open(bytes, kernels, folder["."], "the packed model");
            verification.PackedAgrees(run, lengths, kernels ? "packed" : "packed, in bare ONNX Runtime", options.Verify);
        }

        return verification._checks;
    }

    // Distinct ones that the original runs alone: short, long and between.
    private long[] Lengths(bool atLength)
    {
        long[] allowed = [.. _examples.Lengths.Where(static n => n is > 0 and <= Longest).Where(n => Alone(_examples.Make(n, _seed, ValueKind.Plain)) is not null)];
        if (allowed.Length == 0)
        {
            throw new TesseraException("TSR0912", _place, "the original runs on no example of 1 to 24 tokens, so nothing can be compared.", "Is the mask, the batch and the ragged size named right?");
        }

        long[] chosen = [allowed[allowed.Length / 2], allowed[0], allowed[^1], allowed[allowed.Length / 3]];
        return [.. chosen.Concat(atLength ? [allowed[allowed.Length / 4], allowed[allowed.Length * 3 / 4]] : []).Distinct()];
    }

    private void OriginalAgrees(long[] lengths, bool atLength)
    {
        bool padded = _layout.Options.Masks.Count > 0;
        foreach (long[] batch in padded ? [lengths] : lengths.Select(static n => new[] { n, n, n }))
        {
            PackExample[] plain = [.. batch.Select(n => Next(n, ValueKind.Plain))];
            long longest = batch.Max();
            Agrees(plain, longest, "a batch");
            Agrees([.. plain.Reverse()], longest, "the batch in another order");
            PackExample[] extreme = [plain[0], .. batch.Skip(1).Select(n => Next(n, ValueKind.Large))];
            Agrees(extreme, longest, "a batch with extreme neighbours", compared: 1);
            if (padded && _examples.Lengths.FirstOrDefault(n => n > longest + (atLength ? 5 : 1), -1) is > 0 and var longer)
            {
                Agrees(plain, longer, "the batch with more padding");
            }
        }
    }

    private void Agrees(PackExample[] examples, long longest, string what, int? compared = null)
    {
        PackExample[] padding = [.. examples.Select(_ => Next(longest, ValueKind.Large))];
        if (Try(_original, _layout.Padded(examples, padding)) is not { } together)
        {
            throw new TesseraException(PackCheck.OriginalDiffersCode, _place, $"the original refuses {what}, though it runs on each example alone: {_refused}.");
        }

        for (int i = 0; i < (compared ?? examples.Length); i++)
        {
            Compare(PackCheck.OriginalDiffersCode, $"the original, {what}", examples[i], _layout.OfPadded(together, i, examples[i]), "its results for an example depend on its neighbours or on padding");
        }
    }

    private void PackedAgrees(OrtRun packed, long[] lengths, string what, bool atLength)
    {
        PackExample[] plain = [.. lengths.Select(n => Next(n, ValueKind.Plain))];
        Packed(packed, plain, what);
        Packed(packed, [.. plain.Reverse()], $"{what}, in another order");
        Packed(packed, [plain[0]], $"{what}, one example");
        Packed(packed, [.. plain.Select((e, i) => i == 1 ? Poisoned(e) : e)], $"{what}, beside NaN", except: 1);
        if (_examples.Lengths.Contains(0) && Alone(_examples.Make(0, _seed, ValueKind.Plain)) is not null)
        {
            PackExample empty = Next(0, ValueKind.Plain);
            Packed(packed, [empty, plain[0], empty, .. plain.Skip(1), empty], $"{what}, with empty examples");
        }

        if (atLength)
        {
            long[] all = [.. _examples.Lengths.Where(static n => n > 0)];
            PackExample longest = Next(all[^1], ValueKind.Plain);
            Packed(packed, Alone(longest) is null ? plain : [plain[0], longest, .. plain.Skip(1)], $"{what}, beside a long one");
            Packed(packed, [.. Enumerable.Range(0, 40).Select(i => Next(lengths[i * 7 % lengths.Length], ValueKind.Large))], $"{what}, many");
        }
    }

    private void Packed(OrtRun packed, PackExample[] examples, string what, int except = -1)
    {
        if (Together(packed, examples) is not { } together)
        {
            throw new TesseraException(PackCheck.PackedDiffersCode, _place, $"the packed model refuses examples of {string.Join(", ", examples.Select(Text))}, which the original runs: {_refused}.");
        }

        for (int i = 0; i < examples.Length; i++)
        {
            if (i != except)
            {
                Compare(PackCheck.PackedDiffersCode, what, examples[i], together[i], "the packed model differs from the original");
            }
        }
    }

    // What each example gets of what the model is, behind the interface that it has.
    private IReadOnlyList<RefTensor[]>? Together(OrtRun packed, PackExample[] examples)
    {
        bool padded = _layout.Options.Interface == PackInterface.Padded;
        PackExample[] padding = padded ? [.. examples.Select(_ => Next(_examples.Longer(examples.Max(e => e.Sizes[_layout.Options.Ragged[0]])), ValueKind.Large))] : [];
        if (Try(packed, padded ? _layout.Padded(examples, padding) : _layout.Packed(examples)) is not { } all)
        {
            return null;
        }

        RefValue[] ordered = [.. _layout.Outputs.Select(o => all[packed.Outputs.ToList().IndexOf(o.Name)])];
        return [.. examples.Select((e, i) => padded ? _layout.OfPadded(ordered, i, e) : _layout.OfPacked(ordered, examples, i))];
    }

    private void Compare(string code, string what, PackExample example, RefTensor[] actual, string meaning)
    {
        RefTensor[] expected = Alone(example) ?? throw new TesseraException("TSR0912", _place, $"the original refuses an example of {Text(example)}: {_refused}.");
        Comparison comparison = Comparison.Of(expected, actual, ModelComparison.Tolerance, [.. _layout.Outputs.Select(static o => o.Name)], ModelComparison.Negligible);
        _checks.Add(comparison.Difference is null
            ? new PackCheck($"{what}: {Text(example)}", comparison.Largest)
            : throw new TesseraException(code, _place, $"{meaning}: {what}, example of {Text(example)}: {comparison.Difference}."));
    }

    private PackExample Next(long length, ValueKind kind) => _examples.Make(length, ++_seed, kind);

    private RefTensor[]? Alone(PackExample example) =>
        Try(_original, _layout.Padded([example], [example])) is { } results ? _layout.OfPadded(results, 0, example) : null;

    private static PackExample Poisoned(PackExample example) => example with
    {
        Values = example.Values.ToDictionary(
            static v => v.Key,
            static v => v.Value.DType.IsFloat() ? RefTensor.Floats(v.Value.DType, v.Value.Dims, [.. v.Value.F.Select(static (x, i) => i % 3 == 0 ? double.NaN : i % 3 == 1 ? double.PositiveInfinity : x)]) : v.Value),
    };

    private string? _refused;

    private IReadOnlyList<RefValue>? Try(OrtRun run, Dictionary<string, RefValue> inputs)
    {
        try
        {
            return run.Run(inputs);
        }
        catch (Exception error) when (error is OnnxRuntimeException or TesseraException { Code: "TSR0952" })
        {
            _refused = error.Message.ReplaceLineEndings(" ");
            return null;
        }
    }

    private string Text(PackExample example) => string.Join(", ", _layout.Options.Ragged.Select(s => $"{s}={example.Sizes[s]}"));

    private static OrtRun Open(byte[] model, bool kernels, string folder, string place)
    {
        try
        {
            return new OrtRun(model, kernels, folder);
        }
        catch (OnnxRuntimeException error)
        {
            throw new TesseraException("TSR0953", place, $"ONNX Runtime cannot run the model: {error.Message.ReplaceLineEndings(" ")}", inner: error);
        }
    }
}
