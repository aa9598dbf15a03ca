using Tessera.Ir.Evaluate;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Runs a function of tensors alone by the reference evaluator.</summary>
internal static class FunctionRun
{
    public static RefTensor Of(Func<Tensor[], Tensor> function, params RefTensor[] inputs) =>
        LayerRun.Of(new Nothing(), function, [.. inputs.Select(static (t, i) => ($"x{i}", t))]).Tensor();

    public static RefTensor Rows(double[][] rows) => RefTensor.Floats(Ir.DType.F32, [rows.Length, rows[0].Length], [.. rows.SelectMany(static r => r)]);

    private sealed class Nothing : Module;
}
