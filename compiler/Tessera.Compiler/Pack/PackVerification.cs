using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Verify;
using Tessera.Ir;

namespace Tessera.Compiler.Pack;

/// <summary>Compares in ONNX Runtime: first the original with itself, then the packed model with the original.</summary>
internal static class PackVerification
{
    /// <summary>What was compared.</summary>
    /// <param name="model">The original.</param>
    /// <param name="packed">The packed model.</param>
    /// <param name="options">How it was packed.</param>
    /// <returns>The model, what was compared and what could not be.</returns>
    /// <exception cref="TesseraException">TSR0910: the original's results for an example depend on its neighbours or on padding; TSR0911: the packed model differs; TSR0912: nothing could be compared.</exception>
    public static PackedModel Run(OnnxModel model, PackedModel packed, PackOptions options)
    {
        using OrtRun original = Open(File.ReadAllBytes(model.Path), kernels: false, Path.GetDirectoryName(Path.GetFullPath(model.Path))!, model.Path);
        PackTrial trial = new(original, new PackLayout(packed.Unpadded, options), model.Path);
        options.Progress?.Invoke("compare the original with itself");
        OriginalCheck check = new(trial, options.Verify);
        IReadOnlyList<IReadOnlyDictionary<string, long>> chosen = check.Choose();
        check.Run(chosen);
        using TemporaryFolder folder = new();
        packed.Model.Emitted.Save(folder["packed.onnx"]);
        byte[] bytes = File.ReadAllBytes(folder["packed.onnx"]);
        foreach (bool kernels in options.Verify ? (bool[])[true, false] : [true])
        {
            options.Progress?.Invoke($"compare the packed model{(kernels ? "" : " in bare ONNX Runtime")}");
            using OrtRun run = Open(bytes, kernels, folder["."], "the packed model");
            new PackedCheck(trial, run, kernels ? "packed" : "packed, in bare ONNX Runtime", options.Verify).Run(chosen);
        }

        return packed with { Checks = trial.Checks, Untested = trial.Untested };
    }

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
