using Google.Protobuf;
using Tessera.Compiler.Report;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.Report;

/// <summary>What a reader of a report sees, as golden pages: rules that fired, near misses with reasons, what the target lacks.</summary>
public class ReportTextTests
{
    [Theory]
    [InlineData(EmitTarget.Portable)]
    [InlineData(EmitTarget.Ort)]
    public void Page_about_an_optimisation(EmitTarget target)
    {
        using TemporaryFolder folder = new();
        string path = folder["block.onnx"];
        File.WriteAllBytes(path, Block().ToModel().ToByteArray());
        using OnnxModel model = OnnxModel.Load(path);
        CompiledModel optimized = model.Optimize(new OptimizeOptions { Target = target });
        ReportFile report = OptimizationReport.Of(model, optimized, new ReportOptions { Times = false });
        Golden.Check($"reports/block.{target}.md".ToLowerInvariant(), report.ToMarkdown("block"));
    }

    [Fact]
    public void Page_about_experts()
    {
        using TemporaryFolder folder = new();
        string path = folder["experts.onnx"];
        File.WriteAllBytes(path, Exporters.ExportedExperts.All.Single(static m => m.Name == "DeepSeek-V3, sigmoid and a bias").Model().ToModel().ToByteArray());
        using OnnxModel model = OnnxModel.Load(path);
        CompiledModel optimized = model.Optimize(new OptimizeOptions { Target = EmitTarget.Tessera });
        string page = OptimizationReport.Of(model, optimized, new ReportOptions { Times = false }).ToMarkdown("experts");
        Assert.Contains("| sigmoid, top 2, selected with a bias, renormalised, times 2.5 | 2 of 4 | 576 | 288 | 2,304 | 1,152 |", page, StringComparison.Ordinal);
    }

    // A norm that fits, GELU, and a norm whose centred values another node wants too.
    private static ExportedModel Block()
    {
        ExportedModel m = new();
        string x = m.Input("x", DType.F32, "batch", "seq", 8);
        string normal = Norm(m, x, out _);
        string h = m.Node("Add", [m.MatMul(normal, m.Weight(8, 16)), m.Weight(16)]);
        string erf = m.Node("Add", [m.Node("Erf", [m.Node("Div", [h, m.Float(1.4142135f)])]), m.Float(1)]);
        string gelu = m.Node("Mul", [m.Node("Mul", [h, erf]), m.Float(0.5f)]);
        string y = m.Node("Add", [x, m.MatMul(gelu, m.Weight(16, 8))]);
        string second = Norm(m, y, out string variance);
        m.Output(m.Node("Mul", [second, variance]));
        return m;
    }

    private static string Norm(ExportedModel m, string x, out string variance)
    {
        string centred = m.Node("Sub", [x, Mean(m, x)]);
        variance = Mean(m, m.Node("Pow", [centred, m.Float(2)]));
        string normal = m.Node("Div", [centred, m.Node("Sqrt", [m.Node("Add", [variance, m.Float(1e-5f)])])]);
        return m.Node("Add", [m.Node("Mul", [normal, m.Weight(8)]), m.Weight(8)]);
    }

    private static string Mean(ExportedModel m, string x) => m.Node("ReduceMean", [x], ExportedModel.Ints("axes", -1), ExportedModel.Int("keepdims", 1));
}
