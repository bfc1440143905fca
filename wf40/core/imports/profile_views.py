"""The page of profiles: rename and remove them."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.imports import profiles
from wf40.core.imports.forms import ProfileForm
from wf40.core.imports.own_fields import own_targets
from wf40.core.imports.terms import LEGAL_BASES
from wf40.core.imports.views import bp
from wf40.sdk.web import done, reading, writing


@bp.get("/unternehmen/importe/profile")
def profile_list() -> ResponseReturnValue:
    """List profiles."""
    with reading() as u:
        return render_template("imports/profiles.html", profiles=profiles.profiles(u), bases=LEGAL_BASES)


@bp.route("/unternehmen/importe/profile/<int:profile_id>", methods=["GET", "POST"])
def edit_profile(profile_id: int) -> ResponseReturnValue:
    """Show a profile and take another name for it."""
    with reading() as u:
        form = ProfileForm(data={"name": profiles.profile(u, profile_id).name})
    if form.validate_on_submit():
        try:
            with writing() as u:
                profiles.rename(u, profile_id, form.name.data)
            return done(_("Das Profil ist umbenannt."), url_for("imports.profile_list"))
        except InvalidInput as error:
            form.refuse(error)
    with reading() as u:
        return _page(u, profile_id, form)


@bp.post("/unternehmen/importe/profile/<int:profile_id>/entfernen")
def delete_profile(profile_id: int) -> ResponseReturnValue:
    """Remove a profile."""
    with writing() as u:
        name = profiles.delete(u, profile_id)
    return done(_("Das Profil „%(name)s“ ist entfernt.", name=name), url_for("imports.profile_list"))


def _page(u: UnitOfWork, profile_id: int, form: ProfileForm) -> ResponseReturnValue:
    row = profiles.profile(u, profile_id)
    page = render_template(
        "imports/profile.html",
        form=form,
        profile=row,
        bases=LEGAL_BASES,
        columns=profiles.described(row, own_targets(u)),
    )
    return page, 422 if form.errors else 200
