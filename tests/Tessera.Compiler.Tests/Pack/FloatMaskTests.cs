using Tessera.Compiler.Pack;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Packing;
using Xunit;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>
/// A causal model is right whatever a mask says of padding behind its queries: whether a mask of floats is flags or is added, it does
/// not show, and lengths that are read the wrong way round are those of the padding.
/// </summary>
public class FloatMaskTests
{
    [Theory]
    [InlineData(PackInterface.Packed)]
    [InlineData(PackInterface.Padded)]
    public void A_mask_that_could_be_either_is_asked_about(PackInterface io)
    {
        using TempModel file = new(Causal());
        using OnnxModel model = OnnxModel.Load(file.Path);
        TesseraException error = Assert.Throws<TesseraException>(() => model.Pack(new PackOptions { Masks = ["mask"], Interface = io }));
        Assert.Equal("TSR0535", error.Code);
        Assert.Contains("--mask mask:added", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_that_is_not_read_matters_only_where_lengths_are_read_from_it()
    {
        using TempModel file = new(Causal(adds: false));
        using OnnxModel model = OnnxModel.Load(file.Path);
        Assert.NotEmpty(model.Pack(new PackOptions { Masks = ["mask"] }).Checks);
        Assert.Equal("TSR0535", Assert.Throws<TesseraException>(() => model.Pack(new PackOptions { Masks = ["mask"], Interface = PackInterface.Padded })).Code);
    }

    [Theory]
    [InlineData(MaskForm.Flags, 1, 0)]
    [InlineData(MaskForm.Added, 0, double.NegativeInfinity)]
    public void Lengths_are_read_as_it_was_said(MaskForm form, double token, double padding)
    {
        using TempModel file = new(Causal(adds: form == MaskForm.Added));
        using OnnxModel model = OnnxModel.Load(file.Path);
        PackedModel packed = model.Pack(new PackOptions
        {
            Masks = ["mask"],
            MaskForms = new Dictionary<string, MaskForm> { ["mask"] = form },
            Interface = PackInterface.Padded,
            Verify = true,
        });
        Assert.All(packed.Checks, static c => Assert.InRange(c.Largest, 0, 1e-4));
        using OrtRun original = new(File.ReadAllBytes(file.Path));
        using OrtRun run = new(packed.Model.ToBytes(), kernels: true);
        RefTensor x = RefTensor.Floats(DType.F32, [2, 4, 8], [.. Enumerable.Range(0, 64).Select(static i => Math.Sin(i))]);
        RefTensor mask = RefTensor.Floats(DType.F32, [2, 4], [token, token, padding, padding, token, token, token, token]);
        Dictionary<string, RefValue> inputs = new() { ["x"] = x, ["mask"] = mask };
        (RefTensor expected, RefTensor actual) = ((RefTensor)original.Run(inputs)[0], (RefTensor)run.Run(inputs)[0]);
        for (int i = 0; i < expected.Count; i++)
        {
            bool own = i / 32 == 1 || i / 8 % 4 < 2;
            Assert.Equal(own ? expected.F[i] : 0, actual.F[i], 1e-4);
        }
    }

    [Theory]
    [InlineData("mask", MaskForm.Added, DType.I64, "i64")]
    [InlineData("x", MaskForm.Flags, DType.F32, "no mask")]
    public void A_form_that_does_not_fit_is_refused(string name, MaskForm form, DType dtype, string says)
    {
        using TempModel file = new(Causal(dtype));
        using OnnxModel model = OnnxModel.Load(file.Path);
        TesseraException error = Assert.Throws<TesseraException>(() => model.Pack(new PackOptions { Masks = ["mask"], MaskForms = new Dictionary<string, MaskForm> { [name] = form } }));
        Assert.Equal("TSR0534", error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    // A triangle, and the mask added to all logits as it is, or not used.
    private static ExportedModel Causal(DType dtype = DType.F32, bool adds = true)
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "sequence", 8);
        string mask = m.Input("mask", dtype, "batch", "sequence");
        string square = m.Node("Concat", [m.Size(x, 1), m.Size(x, 1)], ExportedModel.Int("axis", 0));
        string triangle = m.Node("Trilu", [m.Node("Expand", [m.Float(float.NegativeInfinity), square]), m.Long(1)], ExportedModel.Int("upper", 1));
        string wide = m.Node("Unsqueeze", [dtype == DType.F32 ? mask : m.Cast(mask, DType.F32), m.Longs(1, 2)]);
        m.Output(PaddedModels.Layer(m, x, logits => m.Node("Add", [logits, triangle]) is var masked && adds ? m.Node("Add", [masked, wide]) : masked), "y");
        return m;
    }
}
