using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Conformance;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Compiler.Tests.Conformance.Forms;

/// <summary>
/// Each form of an operator of <c>ai.onnx</c> and <c>ai.onnx.ml</c> is understood, the reference gives what ONNX Runtime gives, and so does
/// ONNX Runtime on what is written of it.
/// </summary>
public class FormTests
{
    private static readonly Form[] s_forms =
    [
        .. WindowForms.All(), .. ArithmeticForms.All(), .. ShapingForms.All(), .. NetworkForms.All(), .. StructureForms.All(), .. ControlForms.All(), .. ModelForms.All(),
    ];

    public static TheoryData<string> Families() => [.. s_forms.Select(static f => f.Model.Graph.Node[^1].OpType).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Families))]
    public void Forms_are_understood_and_agree(string op) => Check(s_forms.Where(f => f.Model.Graph.Node[^1].OpType == op));

    /// <summary>What a run gives in the tests of ONNX, exporters write into the model: sizes, axes, pads, numbers of results.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Forms_with_their_integers_in_the_model_agree(string op) =>
        Check(s_forms.Where(f => f.Model.Graph.Node[^1].OpType == op).Select(static f => f.WithConstants()).OfType<Form>());

    [Fact]
    public void Causality_behind_a_past_is_no_mask()
    {
        Form form = s_forms.Single(static f => f.Name == "attention_24_past_causal");
        Assert.DoesNotContain(OnnxReader.Read(form.Model).PostOrder(), static op => op is Where);
    }

    private static void Check(IEnumerable<Form> forms)
    {
        List<string> failures = [];
        foreach (Form form in forms)
        {
            // What ONNX Runtime lacks is held to what the form states, or to being understood alone.
            IReadOnlyList<RefValue>? expected = form.Expected ?? Runtime(form);
            ConformanceResult result = ConformanceRunner.Run(new NodeTest(form.Name, form.Model, expected is null ? [] : [new NodeTestSet("data", form.Inputs, expected)]));
            failures.AddRange(result.Failures
                .Where(f => f.Key < ConformanceStage.Reemitted || (result.Runtime is null && expected is not null))
                .Select(f => $"{form.Name}, {f.Key}: {f.Value}"));
        }

        Assert.Empty(failures);
    }

    private static IReadOnlyList<RefValue>? Runtime(Form form)
    {
        try
        {
            using OrtRun run = new(form.Model.ToByteArray());
            return run.Run(form.Inputs);
        }
        catch (Exception refused) when (refused is OnnxRuntimeException or TesseraException { Code: "TSR0952" })
        {
            return null;
        }
    }
}
