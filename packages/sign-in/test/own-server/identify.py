import jwt  # pip install "pyjwt[crypto]"

API_ORIGIN = "https://app.example.com"
AUDIENCE = "client_1"
keys = jwt.PyJWKClient(f"{API_ORIGIN}/api/oauth/jwks.json")


def identify(authorization: str) -> str:
    """Returns the id of the user. Raises jwt.PyJWTError if the header contains no valid identity token."""
    token = authorization.removeprefix("Bearer ")
    if jwt.get_unverified_header(token).get("typ") != "identity+jwt":
        raise jwt.InvalidTokenError("not an identity token")
    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token),
        algorithms=["EdDSA"],
        issuer=API_ORIGIN,
        audience=AUDIENCE,
        options={"require": ["sub", "exp"]},
    )
    return claims["sub"]
