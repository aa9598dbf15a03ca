using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Passes.Packing;

namespace Tessera.Compiler.Pack;

/// <summary>From a padded model to a packed one: prove, take the padding out, batch it packed, compare.</summary>
internal static class ModelPacker
{
    public static PackedModel Run(OnnxModel model, PackOptions options)
    {
        if (options.Interface == PackInterface.Padded && options.Masks.Count == 0)
        {
            throw new TesseraException("TSR0913", model.Path, "the padded interface needs a mask that tells tokens from padding.", "Name it, or take the packed interface.");
        }

        options.Progress?.Invoke("prove");
        UnpaddedGraph unpadded = UnpadPass.Run(model.Graph, new PackingRequest
        {
            Batch = options.Batch,
            Ragged = options.Ragged,
            Masks = options.Masks,
            Padding = options.Padding,
            Forms = options.MaskForms,
            ReadsMasks = options.Interface == PackInterface.Padded,
        });
        CompiledModel compiled = ModelCompiler.Compile(unpadded.Graph, new CompileOptions
        {
            Batch = Batching.Packed,
            Around = options.Interface == PackInterface.Packed ? null : packed => PaddedInterface.Around(packed, model.Graph, unpadded, options),
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
        return PackVerification.Run(model, packed, options);
    }
}
