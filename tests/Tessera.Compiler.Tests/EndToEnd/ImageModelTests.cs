using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>A model of images, one and in a dense batch: ONNX Runtime gives every example what the float64 reference gives it alone.</summary>
public class ImageModelTests
{
    [Theory]
    [InlineData(Batching.Single)]
    [InlineData(Batching.Dense)]
    public void Each_image_gets_what_it_gets_alone(Batching form)
    {
        using OrtModel model = OrtModel.Open(new ImageModel(), form);
        Dictionary<string, RefValue>[] examples = Examples.Draw(model.Single, form == Batching.Single ? [1] : [1, 1, 1]);
        RefTensor[][] reference = model.Reference(examples);
        Closeness.Check(DType.F32, reference, model.Run(examples, reference));
    }
}
