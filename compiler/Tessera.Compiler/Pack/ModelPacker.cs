using Tessera.Onnx;
using Tessera.Passes.Packing;

namespace Tessera.Compiler.Pack;

/// <summary>From a padded model to a packed one: prove, take the padding out, batch it packed, compare.</summary>
internal static class ModelPacker
{
    public static PackedModel Run(OnnxModel model, PackOptions options)
    {
        options.Progress?.Invoke("prove");
        UnpaddedGraph unpadded = UnpadPass.Run(model.Graph, new PackingRequest
        {
            Batch = options.Batch,
            Ragged = options.Ragged,
            Masks = options.Masks,
            Padding = options.Padding,
        });
        CompiledModel compiled = ModelCompiler.Compile(unpadded.Graph, new CompileOptions
        {
            Batch = Batching.Packed,
            Verify = options.Verify,
            Warn = options.Warn,
            Progress = options.Progress,
            Emit = new EmitOptions
            {
                Target = options.Target,
                Opset = options.Opset ?? (int)Math.Clamp(Math.Max(model.Opset, CarriedNodes.Least(model.Graph)), EmitOptions.MinCompleteOpset, EmitOptions.MaxOpset),
            },
        });
        PackedModel packed = new(compiled, unpadded);
        return packed with { Checks = PackVerification.Run(model, packed, options) };
    }
}
