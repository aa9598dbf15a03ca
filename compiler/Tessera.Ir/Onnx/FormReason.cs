namespace Tessera.Ir.Onnx;

/// <summary>Says why an op has no ONNX form at an opset and target.</summary>
internal static class FormReason
{
    public static string Of(Op op, int opset, Func<string, bool> allows)
    {
        if (op.Schema.Onnx is not { Rows: var rows })
        {
            return "no op of ONNX stands for it";
        }

        OnnxRow[] fitting = [.. rows.Where(r => r.When is null || r.When(op))];
        OnnxRow[] allowed = [.. fitting.Where(r => r.Domain.Length == 0 || allows(r.Domain))];
        return fitting.Length == 0 ? "no ONNX form of it has these attributes and operands"
            : allowed.Length == 0 ? $"it is an op of {string.Join(", ", fitting.Select(static r => r.Domain).Distinct())}, which the target leaves out"
            : allowed.FirstOrDefault(r => IsThere(r, opset)) is { } there ? Types(there, op, opset)
            : allowed.All(r => r.Since > opset) ? $"it exists since opset {allowed.Min(static r => r.Since)}, the model is written at {opset}"
            : $"opset {opset} no longer has it";
    }

    private static bool IsThere(OnnxRow row, int opset) => row.Domain.Length > 0 || (row.Since <= opset && opset < row.Until);

    private static string Types(OnnxRow row, Op op, int opset)
    {
        DType[] lacking = [.. row.Later.Where(l => l.Since > opset && op.Operands.Any(v => v?.Type is TensorType tensor && tensor.DType == l.Type)).Select(static l => l.Type)];
        return $"{row.OpType} takes no {string.Join(" or ", lacking.Select(static t => t.Text()))} at opset {opset}";
    }
}
