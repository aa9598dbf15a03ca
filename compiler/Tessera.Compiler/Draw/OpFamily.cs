namespace Tessera.Compiler.Draw;

/// <summary>Kinds of ops that a picture tells apart by colour.</summary>
internal enum OpFamily
{
    Interface,
    Product,
    Attention,
    Norm,
    Activation,
    Arithmetic,
    Reduction,
    Shape,
    Index,
    Pool,
    State,
    Type,
    Carried,
    Group,
    Other,
}
