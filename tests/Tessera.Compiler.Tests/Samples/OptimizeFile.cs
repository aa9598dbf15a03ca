using Tessera.Onnx;

namespace Tessera.Compiler.Tests.Samples;

// sample: optimize
internal static class OptimizeFile
{
    public static void Write(string path, string output, params (string Rule, int Times)[] required)
    {
        using OnnxModel model = OnnxModel.Load(path);
        CompiledModel optimized = model.Optimize(new OptimizeOptions { Target = EmitTarget.Ort, Verify = true });
        optimized.Report.Require(required);
        optimized.Save(output);
    }
}
// end
