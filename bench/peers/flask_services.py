"""The article's own service list (Flask, SQLAlchemy, SQLite), written from its description."""

import os
from datetime import datetime

from flask import Flask, Response, jsonify
from flask_sqlalchemy import SQLAlchemy

application = Flask(__name__)
application.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///" + os.environ["BENCH_SQLITE"]
db = SQLAlchemy(application)


class ServiceItem(db.Model):  # type: ignore[name-defined, misc]
    """One service."""

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(100), nullable=False)
    department = db.Column(db.String(50), nullable=False)
    process_time = db.Column(db.Integer)
    online_handle = db.Column(db.Boolean, default=False)
    created_at = db.Column(db.DateTime, default=datetime.now)


@application.route("/api/services", methods=["GET"])
def get_services() -> Response:
    """List every service, as the article does."""
    found = ServiceItem.query.all()
    names = ("id", "name", "department", "process_time", "online_handle")
    return jsonify([{name: getattr(item, name) for name in names} for item in found])


def fill(count: int) -> None:
    """Make the table and its rows."""
    with application.app_context():
        db.create_all()
        for number in range(count):
            db.session.add(
                ServiceItem(
                    name=f"示范事项{number:03d}",
                    department="六安市人力资源和社会保障局",
                    process_time=5,
                    online_handle=True,
                )
            )
        db.session.commit()
