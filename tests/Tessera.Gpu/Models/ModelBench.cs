using Tessera.Gpu.Bench;
using Tessera.Gpu.Devices;
using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Gpu.Models;

/// <summary>A whole model against the bodies of its functions, both from the same file.</summary>
internal static class ModelBench
{
    public static BenchCase Case(ModelCase c, ModelRun run) => new("models", c.Name, tensors => Open(c, run, tensors))
    {
        Images = c.Images.Grids.Count,
        Chooses = run.Chooses,
    };

    private static IEnumerable<(string Name, Func<BenchSide> Open)> Open(ModelCase c, ModelRun run, Tensors tensors)
    {
        Dictionary<string, DeviceTensor> inputs = run.Inputs.ToDictionary(static i => i.Key, i => tensors.Of(i.Value.DType, RefTensors.ToBytes(i.Value), i.Value.Dims));
        DType type = run.Result.DType;
        long[] dims = run.Result.Shape.Evaluate(c.Images.SizeOf);
        BenchSide Side(string name, bool kernels) => new(name, Sessions.Open(run.Model, tensors.Device, new(kernels)), [(inputs, tensors.Empty(type, dims))]);
        yield return (BenchNames.Ours, () => Side(BenchNames.Ours, kernels: true));
        yield return (BenchNames.Body, () => Side(BenchNames.Body, kernels: false));
    }
}
